// SPDX-License-Identifier: Apache-2.0
// The backend's operations over gRPC, on real HTTP/2, and their protobuf.
#include "ashlar/core/base64.hpp"
#include "ashlar/http/server.hpp"
#include "backend/field_numbers.hpp"
#include "tests/support/http2_client.hpp"
#include "tests/support/test_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace ashlar::test {
namespace {

using testing::HasSubstr;

std::string field(int number, std::string_view bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + std::string(bytes);
}
std::string frame(std::string_view message) {
  return std::string("\0\0\0\0", 4) + static_cast<char>(message.size()) + std::string(message);
}

class Grpc : public testing::Test {
 protected:
  Grpc() { server.start(); }

  struct Outcome {
    std::string status;
    std::string details;
    std::string body;
  };
  Outcome call(std::string_view path, std::string_view message, const Http2Fields& more = {}) {
    stream += 2;
    Http2Fields fields{{"content-type", "application/grpc"}, {"te", "trailers"}};
    fields.insert(fields.end(), more.begin(), more.end());
    client.send(Http2TestClient::post(stream, path, fields) + Http2TestClient::data(stream, frame(message)));
    const Http2Answer answer = client.answer(stream);
    auto last = answer.trailers.empty() ? answer.headers : answer.trailers;
    std::string details = last["grpc-status-details-bin"];
    while (details.size() % 4 != 0) details += '=';
    return {last["grpc-status"], from_base64(details).value_or(""), answer.body};
  }
  [[nodiscard]] static Http2Fields as(const std::string& token) { return {{"authorization", "Bearer " + token}}; }
  // By the lock: messages of this test have less than 16 fields.
  [[nodiscard]] static int number(std::string_view message, std::string_view name) {
    grpc::FieldNumbers numbers(backend::field_numbers());
    return static_cast<int>(numbers.number(message, name));
  }

  TestBackend backend;
  http::Server server{{.host = "127.0.0.1", .port = 0, .loops = 1}, backend.application().app()};
  Http2TestClient client{server.port()};
  std::int32_t stream = -1;
};

TEST_F(Grpc, KeepsGuardsAndErrors) {
  EXPECT_EQ(call("/ashlar.v1.Users/Me", "").status, "16");
  const Outcome missing = call("/ashlar.v1.Products/GetProduct", field(1, "01234567-89ab-7def-8123-456789abcdef"));
  EXPECT_EQ(missing.status, "5");
  EXPECT_THAT(missing.details, HasSubstr("product.not_found"));
  const Outcome invalid = call("/ashlar.v1.Auth/Login", "");
  EXPECT_EQ(invalid.status, "3");
  EXPECT_THAT(invalid.details, HasSubstr("/email"));
}

TEST_F(Grpc, ReadsWhatRestWrote) {
  const Person ada = backend.person("ada");
  const Outcome me = call("/ashlar.v1.Users/Me", "", as(ada.token));
  EXPECT_EQ(me.status, "0");
  EXPECT_THAT(me.body, HasSubstr(ada.id));
  EXPECT_THAT(me.body, HasSubstr(ada.email));
}

TEST_F(Grpc, WritesWhatRestReads) {
  const Person ada = backend.person("ada");
  const std::string post = field(number("CreatePost", "title"), "By gRPC") +
                           field(number("CreatePost", "content"), "A text") +
                           static_cast<char>(number("CreatePost", "published") << 3) + '\x01';
  EXPECT_EQ(call("/ashlar.v1.Posts/CreatePost", post).status, "16");
  EXPECT_EQ(call("/ashlar.v1.Posts/CreatePost", post, as(ada.token)).status, "0");
  EXPECT_EQ(backend.client().get("/api/posts").at("/data/0/title"), "By gRPC");
}

TEST_F(Grpc, HealthFollowsReadiness) {
  EXPECT_EQ(call("/grpc.health.v1.Health/Check", "").body, frame("\x08\x01"));
  backend.application().readiness().begin_draining();
  EXPECT_EQ(call("/grpc.health.v1.Health/Check", "").body, frame("\x08\x02"));
}

TEST(GrpcOff, HasNoMethods) {
  TestBackend backend([](backend::Settings& settings) { settings.grpc = backend::Settings::Grpc::off; });
  EXPECT_EQ(backend.client().post("/ashlar.v1.Auth/Login", "{}").status, 404);
}

// A number that changes breaks every client that is deployed.
TEST(GrpcFieldNumbers, AreThoseOfTheLock) {
  TestBackend backend;
  std::ostringstream lock;
  lock << std::ifstream(ASHLAR_SOURCE_DIR "/backend/proto.lock").rdbuf();
  EXPECT_EQ(backend.application().proto().numbers().to_string(), lock.str())
      << "Run: build/debug/bin/ashlar proto --lock > backend/proto.lock";
}

}  // namespace
}  // namespace ashlar::test
