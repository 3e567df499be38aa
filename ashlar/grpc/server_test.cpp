// SPDX-License-Identifier: Apache-2.0
#include "ashlar/grpc/server.hpp"

#include "ashlar/core/base64.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/grpc/detail/framing.hpp"
#include "ashlar/grpc/detail/test_operations.hpp"
#include "ashlar/grpc/detail/wire.hpp"
#include "ashlar/http/server.hpp"
#include "tests/support/http2_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace ashlar::grpc {
namespace {

using ashlar::test::Http2Answer;
using ashlar::test::Http2Fields;
using ashlar::test::Http2TestClient;
using ashlar::test::RawClient;
using ashlar::test::RawResponse;
using detail::append_bytes;
using ::testing::HasSubstr;

std::string frame(std::string_view message, std::uint8_t flags = 0) {
  std::string out;
  detail::append_frame(flags, message, out);
  return out;
}
std::string bytes_field(std::uint32_t number, std::string_view bytes) {
  std::string out;
  append_bytes(number, bytes, out);
  return out;
}
std::string base64(std::string_view text) { return to_base64(std::as_bytes(std::span(text))); }

const std::string ada = bytes_field(1, "Ada");          // a Greet
const std::string hello = bytes_field(1, "Hello Ada");  // a Greeting

// A unary call as its caller sees it.
struct Outcome {
  int http = 0;
  std::string status;   // grpc-status
  std::string message;  // grpc-message
  std::string details;  // grpc-status-details-bin, decoded
  std::string body;
};

class GrpcServer : public ::testing::Test {
 protected:
  static http::ServerOptions options() { return {.host = "127.0.0.1", .port = 0, .loops = 1}; }
  GrpcServer() { server.start(); }

  std::int32_t next_stream() { return stream_ += 2; }
  Outcome call(std::string_view path, std::string_view body, const Http2Fields& more = {},
               std::string_view type = "application/grpc") {
    const std::int32_t stream = next_stream();
    Http2Fields fields{{"content-type", std::string(type)}, {"te", "trailers"}};
    fields.insert(fields.end(), more.begin(), more.end());
    client.send(Http2TestClient::post(stream, path, fields));
    constexpr std::size_t frame_bytes_max = 16'384;  // HTTP/2's default
    for (; body.size() > frame_bytes_max; body.remove_prefix(frame_bytes_max))
      client.send(Http2TestClient::data(stream, body.substr(0, frame_bytes_max), 0));
    client.send(Http2TestClient::data(stream, body));
    const Http2Answer answer = client.answer(stream);
    auto last = answer.trailers.empty() ? answer.headers : answer.trailers;
    std::string details = last["grpc-status-details-bin"];
    while (details.size() % 4 != 0) details += '=';
    return {answer.status, last["grpc-status"], last["grpc-message"], from_base64(details).value_or("?"), answer.body};
  }
  RawResponse over_http1(std::string_view path, std::string_view type, std::string_view body,
                         std::string_view more = {}) const {
    RawClient raw(server.port());
    return raw.request("POST", path, "Content-Type: " + std::string(type) + "\r\n" + std::string(more), body);
  }

  test::Operations operations;
  http::Server server{options(), operations.app};
  Http2TestClient client{server.port()};

 private:
  std::int32_t stream_ = -1;
};

TEST_F(GrpcServer, RefusesOtherContentTypes) {
  for (const char* type : {"text/plain", "application/grpc+json", "application/grpcx", ""})
    EXPECT_EQ(call("/test.v1.Greetings/Greet", frame(ada), {}, type).http, 415) << type;
  EXPECT_EQ(over_http1("/test.v1.Greetings/Greet", "application/grpc", frame(ada)).status, 415);
  EXPECT_THAT(over_http1("/test.v1.Greetings/Greet", "text/plain", "x").header("Accept-Post"),
              HasSubstr("application/grpc-web"));
}

TEST_F(GrpcServer, RefusesUnknownMethods) {
  EXPECT_EQ(call("/test.v1.Greetings/greet", frame(ada)).status, "12");
  EXPECT_EQ(call("/test.v1.Greetings/Nope", frame(ada)).status, "12");
  EXPECT_EQ(call("/grpc.health.v1.Health/List", frame("")).status, "12");
  EXPECT_EQ(call("/test.v1.Nope/Greet", frame(ada)).http, 404);  // which clients read as UNIMPLEMENTED
}

TEST_F(GrpcServer, RefusesMalformedRequests) {
  const auto status = [&](std::string_view body, const Http2Fields& more = {}) {
    return call("/test.v1.Greetings/Greet", body, more).status;
  };
  EXPECT_EQ(status(""), "12");
  EXPECT_EQ(status(frame(ada) + frame(ada)), "12");
  EXPECT_EQ(status(frame(ada).substr(0, 6)), "3");
  EXPECT_EQ(status(frame(ada, 1)), "3");
  EXPECT_EQ(status(frame(ada, 1), {{"grpc-encoding", "br"}}), "12");
  EXPECT_EQ(status(frame(ada, 1), {{"grpc-encoding", "gzip"}}), "3");
  EXPECT_EQ(status(frame("\x08")), "3");
  EXPECT_EQ(status(frame(ada), {{"grpc-timeout", "1"}}), "3");
  EXPECT_EQ(status(std::string("\x00\x00\x50\x00\x00", 5)), "8");
  EXPECT_EQ(status(frame(detail::gzip(std::string(5'000'000, '\0')), 1), {{"grpc-encoding", "gzip"}}), "8");
}

TEST_F(GrpcServer, SaysWhatIsWrongWithTheInput) {
  const Outcome outcome = call("/test.v1.Greetings/Greet", frame(std::string("\x10\x09", 2)));
  EXPECT_EQ(outcome.http, 200);
  EXPECT_EQ(outcome.status, "3");
  EXPECT_EQ(outcome.body, "");
  for (const char* part :
       {"google.rpc.ErrorInfo", "request.invalid", "google.rpc.BadRequest", "/name", "required", "/times", "too_large"})
    EXPECT_THAT(outcome.details, HasSubstr(part));
}

TEST_F(GrpcServer, KeepsTheGuards) {
  const std::string path = "/test.v1.Greetings/Leave";
  EXPECT_EQ(call(path, frame(ada)).status, "16");
  EXPECT_EQ(call(path, frame(ada), {{"authorization", "Bearer nonsense"}}).status, "16");
  EXPECT_EQ(call(path, frame(ada), {{"cookie", "accessToken=" + operations.token()}}).status, "16");
  const Outcome outcome = call(path, frame(ada), {{"authorization", "Bearer " + operations.token()}});
  EXPECT_EQ(outcome.status, "0");
  EXPECT_EQ(outcome.body, frame(bytes_field(2, bytes_field(1, "Bye Ada") + std::string("\x10\x01"))));
}

TEST_F(GrpcServer, AnswersUnaryCalls) {
  const Outcome outcome = call("/test.v1.Greetings/Greet", frame(ada));
  EXPECT_EQ(outcome.http, 200);
  EXPECT_EQ(outcome.status, "0");
  EXPECT_EQ(outcome.body, frame(hello));
  EXPECT_EQ(call("/test.v1.Greetings/Greet", frame(ada), {}, "application/grpc+proto; x=y").status, "0");
  EXPECT_EQ(call("/test.v1.Greetings/Nothing", frame("")).body, frame(""));
  const std::string page = bytes_field(1, bytes_field(1, "one")) + bytes_field(1, bytes_field(1, "two"));
  EXPECT_THAT(call("/test.v1.Greetings/ListGreetings", frame("")).body, HasSubstr(page));
}

TEST_F(GrpcServer, CompressesWithGzip) {
  EXPECT_EQ(call("/test.v1.Greetings/Greet", frame(detail::gzip(ada), 1), {{"grpc-encoding", "gzip"}}).body,
            frame(hello));
  EXPECT_EQ(call("/test.v1.Greetings/Greet", frame(ada), {{"grpc-encoding", "gzip"}}).body, frame(hello));
  const Outcome large = call("/test.v1.Greetings/LongText", frame(""), {{"grpc-accept-encoding", "identity,gzip"}});
  ASSERT_LT(large.body.size(), 1'000U);
  std::string_view rest = large.body;
  const auto sent = detail::take_frame(rest, 1'000'000);
  EXPECT_EQ((*sent)->flags, 1);
  EXPECT_EQ(detail::gunzip((*sent)->message, 10'000), bytes_field(1, std::string(5'000, 'l')));
  EXPECT_EQ(call("/test.v1.Greetings/LongText", frame("")).body, frame(bytes_field(1, std::string(5'000, 'l'))));
}

TEST_F(GrpcServer, EncodesMessagesOfErrors) {
  const Outcome full = call("/test.v1.Greetings/Refuse", frame(bytes_field(1, "late")));
  EXPECT_EQ(full.status, "14");
  EXPECT_EQ(full.message, "100 %25 full%0A");
  EXPECT_THAT(full.details, HasSubstr("google.rpc.RetryInfo"));
  const Outcome broken = call("/test.v1.Greetings/Refuse", frame(ada));
  EXPECT_EQ(broken.status, "13");
  EXPECT_EQ(broken.message.find("secret"), std::string::npos);
}

TEST_F(GrpcServer, PassesTheIdempotencyKey) {
  EXPECT_EQ(call("/test.v1.Greetings/RepeatKey", frame(""), {{"idempotency-key", "k1"}}).body,
            frame(bytes_field(1, "k1")));
  EXPECT_EQ(call("/test.v1.Greetings/RepeatKey", frame(""), {{"idempotency-key", "k 1"}}).status, "3");
}

TEST_F(GrpcServer, EndsACallAtItsDeadline) {
  EXPECT_EQ(call("/test.v1.Greetings/Wait", frame(""), {{"grpc-timeout", "10m"}}).status, "4");
  operations.endless.cancelled.acquire();
}

TEST_F(GrpcServer, CancelsACallWhoseStreamIsReset) {
  client.send(Http2TestClient::post(1, "/test.v1.Greetings/Wait", {{"content-type", "application/grpc"}}) +
              Http2TestClient::data(1, frame("")));
  operations.endless.began.acquire();
  client.send(Http2TestClient::reset(1));
  operations.endless.cancelled.acquire();
}

TEST_F(GrpcServer, StreamsReplies) {
  const auto greet = [](int times) { return ada + std::string("\x10") + static_cast<char>(times); };
  const Outcome two = call("/test.v1.Greetings/Count", frame(greet(2)));
  EXPECT_EQ(two.status, "0");
  EXPECT_EQ(two.body, frame(bytes_field(1, "1")) + frame(bytes_field(1, "2")));
  const Outcome three = call("/test.v1.Greetings/Count", frame(greet(3)));
  EXPECT_EQ(three.status, "14");
  EXPECT_EQ(three.message, "No more.");
  const RawResponse connect =
      over_http1("/test.v1.Greetings/Count", "application/connect+json", frame(R"({"name":"Ada","times":"2"})"));
  EXPECT_EQ(connect.body, frame(R"({"text":"1"})") + frame(R"({"text":"2"})") + frame("{}", 2));
}

TEST_F(GrpcServer, SpeaksGrpcWebOverHttp1) {
  const RawResponse good = over_http1("/test.v1.Greetings/Greet", "application/grpc-web+proto", frame(ada));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.header("Content-Type"), "application/grpc-web+proto");
  EXPECT_EQ(good.body, frame(hello) + frame("grpc-status:0\r\n", 0x80));
  const RawResponse text = over_http1("/test.v1.Greetings/Greet", "application/grpc-web-text", base64(frame(ada)));
  EXPECT_EQ(from_base64(text.body), good.body);
  EXPECT_THAT(over_http1("/test.v1.Greetings/Greet", "application/grpc-web-text", "!").body, ::testing::Not(""));
  const RawResponse bad = over_http1("/test.v1.Greetings/Greet", "application/grpc-web", frame(""));
  EXPECT_EQ(bad.status, 200);
  EXPECT_THAT(bad.body, HasSubstr("grpc-status:3\r\ngrpc-message:"));
}

TEST_F(GrpcServer, SpeaksConnectOverHttp1) {
  EXPECT_EQ(over_http1("/test.v1.Greetings/Greet", "application/proto", ada).body, hello);
  const RawResponse json = over_http1("/test.v1.Greetings/Greet", "application/json", R"({"name":"Ada","times":"1"})");
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.body, R"({"text":"Hello Ada"})");
  EXPECT_EQ(over_http1("/test.v1.Greetings/Nothing", "application/json", "{}").body, "{}");
  const RawResponse invalid = over_http1("/test.v1.Greetings/Greet", "application/json", "{}");
  EXPECT_EQ(invalid.status, 400);
  EXPECT_THAT(invalid.body, HasSubstr(R"({"code":"invalid_argument","message":)"));
  EXPECT_THAT(invalid.body, HasSubstr(R"("type":"google.rpc.BadRequest")"));
  EXPECT_EQ(over_http1("/test.v1.Greetings/Leave", "application/json", R"({"name":"Ada"})").status, 401);
  EXPECT_EQ(over_http1("/test.v1.Greetings/Nope", "application/json", "{}").status, 501);
  EXPECT_EQ(over_http1("/test.v1.Greetings/Count", "application/json", R"({"name":"Ada"})").status, 501);
  EXPECT_EQ(over_http1("/test.v1.Greetings/Greet", "application/json", R"({"name":"Ada"})", "Connect-Timeout-Ms: x\r\n")
                .status,
            400);
  EXPECT_EQ(
      over_http1("/test.v1.Greetings/Greet", "application/proto", detail::gzip(ada), "Content-Encoding: gzip\r\n").body,
      hello);
  const RawResponse left = over_http1("/test.v1.Greetings/Leave", "application/json", R"({"name":"Ada"})",
                                      "Authorization: Bearer " + operations.token() + "\r\n");
  EXPECT_EQ(left.body, R"({"farewell":{"words":"Bye Ada","count":"1"}})");
  EXPECT_EQ(over_http1("/test.v1.Greetings/ListGreetings", "application/json", "{}").body,
            R"({"items":[{"text":"one"},{"text":"two"}],"pagination":{"limit":"20","page":"1","total":"2"}})");
}

TEST_F(GrpcServer, ServesReadsToGet) {
  const auto get = [&](std::string_view target) {
    RawClient raw(server.port());
    return raw.request("GET", target);
  };
  EXPECT_EQ(get("/test.v1.Greetings/Greet?connect=v1&encoding=json&message=%7B%22name%22%3A%22Ada%22%7D").body,
            R"({"text":"Hello Ada"})");
  EXPECT_EQ(get("/test.v1.Greetings/Greet?connect=v1&encoding=proto&base64=1&message=" +
                to_base64url(std::as_bytes(std::span(ada))))
                .body,
            hello);
  EXPECT_EQ(get("/test.v1.Greetings/Greet?connect=v1&encoding=json").status, 400);
  EXPECT_EQ(get("/test.v1.Greetings/Greet?connect=v1&encoding=json&base64=1&message=!").status, 400);
  EXPECT_EQ(get("/test.v1.Greetings/Greet?connect=v1&encoding=xml&message=x").status, 415);
  EXPECT_EQ(get("/test.v1.Greetings/RepeatKey?connect=v1&encoding=json&message=%7B%7D").status, 405);
}

TEST_F(GrpcServer, ReportsItsHealth) {
  const auto check = [&](std::string_view service) {
    return call("/grpc.health.v1.Health/Check", frame(service.empty() ? "" : bytes_field(1, service)));
  };
  EXPECT_EQ(check("").body, frame("\x08\x01"));
  EXPECT_EQ(check("test.v1.Greetings").body, frame("\x08\x01"));
  EXPECT_EQ(check("test.v1.Nope").status, "5");
  EXPECT_EQ(over_http1("/grpc.health.v1.Health/Check", "application/json", "{}").body, R"({"status":"SERVING"})");
  client.send(Http2TestClient::post(101, "/grpc.health.v1.Health/Watch", {{"content-type", "application/grpc"}}) +
              Http2TestClient::data(101, frame("")));
  while (client.so_far(101).body.size() < 7) (void)client.read();
  EXPECT_EQ(client.so_far(101).body, frame("\x08\x01"));
  client.send(Http2TestClient::reset(101));
}

TEST_F(GrpcServer, ShowsEveryServiceWhileTheRequestIsOpen) {
  const std::string path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  client.send(Http2TestClient::post(1, path, {{"content-type", "application/grpc"}}) +
              Http2TestClient::data(1, frame(bytes_field(7, "")), 0));
  while (client.so_far(1).body.find("test.v1.Things") == std::string::npos) (void)client.read();
  for (const char* name : {"test.v1.Greetings", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                           "grpc.reflection.v1alpha.ServerReflection"})
    EXPECT_THAT(client.so_far(1).body, HasSubstr(name));
  client.send(Http2TestClient::data(1, frame(bytes_field(4, "test.v1.Greetings.Greet")) +
                                           frame(bytes_field(3, "google/protobuf/empty.proto")) +
                                           frame(bytes_field(4, "no.such.Symbol"))));
  const Http2Answer answer = client.answer(1);
  EXPECT_EQ(answer.trailers.at("grpc-status"), "0");
  EXPECT_THAT(answer.body, HasSubstr("test/v1/api.proto"));
  EXPECT_THAT(answer.body, HasSubstr("There is no such file or symbol."));
}

TEST_F(GrpcServer, PrintsItsProto) {
  const std::string text = operations.server.proto().to_string();
  for (const char* part :
       {"package test.v1;", "service Greetings {",
        "  // A greeting\n  rpc Greet(.test.v1.Greet) returns (.test.v1.Greeting) {",
        "  rpc Count(.test.v1.Greet) returns (stream .test.v1.Greeting)",
        "message Greet {\n  string name = 1;\n  optional int64 times = 2;\n}", "  repeated int64 numbers = 12;",
        "  string colour = 6;  // red, green", "  NullableInt64 age = 10;",
        "  oneof value {\n    Square square = 1;\n    Circle circle = 2;\n  }", "returns (.google.protobuf.Empty)"})
    EXPECT_THAT(text, HasSubstr(part));
}

}  // namespace
}  // namespace ashlar::grpc
