// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/compression.hpp"

#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/decode.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

namespace ashlar::web {
namespace {

using detail::TestApp;

std::string text_of(std::size_t bytes) {
  std::string text;
  for (unsigned i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i * 2654435761U % 1000) + "\n";
  text.resize(bytes);
  return text;
}

struct Sent {
  std::string type = "text/plain";
  std::string body = text_of(5000);
  std::vector<http::Field> headers = {};
  int status = 200;
};

Task<Result<>> stream_of(const std::string& text, http::BodyWriter& out) {
  for (std::size_t at = 0; at < text.size(); at += 1000) {
    if (auto written = co_await out.write(std::string_view(text).substr(at, 1000)); !written) co_return written;
  }
  co_return Result<>{};
}

Task<Result<>> broken_stream(http::BodyWriter& out) {
  (void)co_await out.write("some");
  co_return fail(ashlar::errors::internal, "no");
}

AppOptions app_options(CompressionOptions compression) {
  AppOptions options;
  options.compression = std::move(compression);
  return options;
}

// GET / returns the content under test, /stream the same as a stream, /plain the same without compression.
class Fixture {
 public:
  explicit Fixture(Sent sent = {}, CompressionOptions options = {})
      : sent_(std::move(sent)), app_([this](Routes& routes) { mount(routes); }, app_options(std::move(options))) {}

  TestReply get(std::string accept_encoding, std::string path = "/") {
    return app_->send(
        {.target = std::move(path), .headers = {{"Accept-Encoding", std::move(accept_encoding)}}, .body = {}});
  }
  TestApp& app() { return app_; }

 private:
  Task<Result<>> answer(http::Response& response) {
    response.status = sent_.status;
    response.body = sent_.body;
    response.headers.add("Content-Type", sent_.type);
    for (const auto& [name, value] : sent_.headers) response.headers.add(name, value);
    co_return Result<>{};
  }
  Task<Result<>> answer_streaming(http::Response& response) {
    response.headers.add("Content-Type", sent_.type);
    response.stream = [this](http::BodyWriter& out) { return stream_of(sent_.body, out); };
    response.stream_length = sent_.body.size();
    co_return Result<>{};
  }
  void mount(Routes& routes) {
    const auto whole = [this](api::Call&, http::Request&, http::Response& response) { return answer(response); };
    routes.raw(http::Method::get, "/", whole).set_guard(api::open());
    Route& plain = routes.raw(http::Method::get, "/plain", whole);
    plain.set_guard(api::open());
    plain.compressed = Route::Compressed::no;
    routes
        .raw(http::Method::get, "/stream",
             [this](api::Call&, http::Request&, http::Response& response) { return answer_streaming(response); })
        .set_guard(api::open());
  }

  Sent sent_;
  TestApp app_;
};

TEST(Compression, LeavesAloneWhatMustStayAsItIs) {
  struct Case {
    std::string what;
    Sent sent;
    std::string accept_encoding;
    std::string vary;
  };
  const std::vector<Case> cases = {
      {"nothing accepted", {}, "", "Accept-Encoding"},
      {"only unknown ones accepted", {}, "deflate", "Accept-Encoding"},
      {"all refused", {}, "gzip;q=0, br;q=0, zstd;q=0", "Accept-Encoding"},
      {"identity preferred", {}, "identity, gzip;q=0.5", "Accept-Encoding"},
      {"too short", {.body = text_of(1023)}, "gzip", ""},
      {"an image", {.type = "image/png"}, "gzip", ""},
      {"an archive", {.type = "application/zip"}, "gzip", ""},
      {"no type", {.type = ""}, "gzip", ""},
      {"looks like text", {.type = "textual/plain"}, "gzip", ""},
      {"an event stream", {.type = "text/event-stream; charset=utf-8"}, "gzip", ""},
      {"encoded already", {.headers = {{"Content-Encoding", "br"}}}, "gzip", ""},
      {"not to be transformed", {.headers = {{"Cache-Control", "public, No-Transform"}}}, "gzip", ""},
      {"a range", {.headers = {{"Content-Range", "bytes 0-4999/9000"}}, .status = 206}, "gzip", ""},
      {"no gain", {.type = "application/json", .body = std::string()}, "gzip", ""},
  };
  for (const auto& c : cases) {
    Fixture fixture(c.sent);
    const auto reply = fixture.get(c.accept_encoding);
    EXPECT_EQ(reply.body, c.sent.body) << c.what;
    EXPECT_EQ(reply.header("Vary"), c.vary) << c.what;
    EXPECT_EQ(reply.status, c.sent.status) << c.what;
  }
  Fixture fixture;
  EXPECT_EQ(fixture.get("gzip", "/plain").body, text_of(5000));
  EXPECT_EQ(fixture.get("gzip", "/plain").header("Vary"), "");
  Fixture off({}, {.state = CompressionOptions::State::off});
  EXPECT_EQ(off.get("gzip").body, text_of(5000));
  EXPECT_EQ(off.get("gzip").header("Vary"), "");
}

TEST(Compression, RefusesAClientThatRefusesEverything) {
  Fixture fixture;
  for (const std::string accept :
       {"identity;q=0", "*;q=0", "deflate, *;q=0", "gzip;q=0, br;q=0, zstd;q=0, identity;q=0"}) {
    const auto reply = fixture.get(accept);
    EXPECT_EQ(reply.status, 406) << accept;
    EXPECT_EQ(reply.at("/code"), "request.not_acceptable") << accept;
  }
  Fixture off({}, {.state = CompressionOptions::State::off});
  EXPECT_EQ(off.get("gzip, identity;q=0").status, 406);
}

TEST(Compression, GivesTheCodingThatTheClientLikesBest) {
  struct Case {
    std::string accept_encoding, coding;
  };
  for (const auto& c : std::vector<Case>{{"gzip", "gzip"},
                                         {"br", "br"},
                                         {"zstd", "zstd"},
                                         {"gzip, deflate, br, zstd", "zstd"},
                                         {"gzip, deflate, br", "br"},
                                         {"br;q=0.5, gzip", "gzip"},
                                         {"*", "zstd"}}) {
    for (const std::size_t bytes : {1024U, 5000U, 400'000U}) {
      for (const std::string path : {"/", "/stream"}) {
        Fixture fixture({.body = text_of(bytes)});
        const auto reply = fixture.get(c.accept_encoding, path);
        EXPECT_EQ(reply.header("Content-Encoding"), c.coding) << c.accept_encoding;
        EXPECT_EQ(reply.header("Vary"), "Accept-Encoding");
        EXPECT_LT(reply.body.size(), bytes);
        EXPECT_EQ(test::decode(c.coding, reply.body), text_of(bytes)) << c.accept_encoding << ' ' << bytes << path;
      }
    }
  }
}

TEST(Compression, JoinsSeveralAcceptEncodingFields) {
  Fixture fixture;
  const auto reply = fixture.app()->send(
      {.target = "/", .headers = {{"Accept-Encoding", "zstd;q=0.5"}, {"accept-encoding", "gzip"}}, .body = {}});
  EXPECT_EQ(reply.header("Content-Encoding"), "gzip");
}

TEST(Compression, CompressesWhateverItIsWhenNothingElseIsAccepted) {
  Fixture fixture({.type = "image/png", .body = "short"});
  const auto reply = fixture.get("gzip, identity;q=0");
  EXPECT_EQ(reply.header("Content-Encoding"), "gzip");
  EXPECT_EQ(test::decode("gzip", reply.body), "short");
}

TEST(Compression, KnowsTypesByPatternAndWithoutParameters) {
  for (const std::string type : {"text/html; charset=utf-8", "TEXT/CSS", "application/json", "application/problem+json",
                                 "image/svg+xml", "application/xml ;a=b", "application/x-ndjson"}) {
    Fixture fixture({.type = type});
    EXPECT_EQ(fixture.get("gzip").header("Content-Encoding"), "gzip") << type;
  }
}

TEST(Compression, WhatDoesNotShrinkIsSentAsItIs) {
  std::string noise;
  for (std::uint64_t i = 1, x = 7; i < 2000; ++i) noise += static_cast<char>((x = x * 6364136223846793005U + 1) >> 56);
  Fixture fixture({.body = noise});
  const auto reply = fixture.get("gzip");
  EXPECT_EQ(reply.body, noise);
  EXPECT_EQ(reply.header("Content-Encoding"), "");
  EXPECT_EQ(reply.header("Vary"), "Accept-Encoding");
}

TEST(Compression, ACompressedOneHasAWeakETagAndNoRanges) {
  Fixture fixture({.headers = {{"ETag", "\"a\""}, {"Accept-Ranges", "bytes"}}});
  EXPECT_EQ(fixture.get("gzip").header("ETag"), "W/\"a\"");
  EXPECT_EQ(fixture.get("gzip").header("Accept-Ranges"), "");
  EXPECT_EQ(fixture.get("").header("ETag"), "\"a\"");
  EXPECT_EQ(fixture.get("").header("Accept-Ranges"), "bytes");
  Fixture weak({.headers = {{"ETag", "W/\"a\""}}});
  EXPECT_EQ(weak.get("gzip").header("ETag"), "W/\"a\"");
}

TEST(Compression, PastItsBoundResponsesGoOutAsTheyAre) {
  Fixture fixture({}, {.encoders_max = 0});
  const auto reply = fixture.get("gzip");
  EXPECT_EQ(reply.body, text_of(5000));
  EXPECT_EQ(reply.header("Content-Encoding"), "");
}

// The server bounds what a slow client keeps in memory by it.
TEST(Compression, ABodyThatIsCompressedInPiecesCountsAsHeld) {
  const Compression compression({});
  http::Request request;
  request.headers.add("Accept-Encoding", "gzip");
  const KnownHeaders known(request.headers);
  for (const std::size_t bytes : {5'000U, 400'000U}) {
    http::Response response;
    response.headers.add("Content-Type", "text/plain");
    response.body = text_of(bytes);
    compression.apply(request, known, response);
    EXPECT_EQ(response.headers.find("Content-Encoding"), "gzip");
    EXPECT_EQ(response.stream_held_bytes, response.stream ? bytes : 0U);
    EXPECT_EQ(static_cast<bool>(response.stream), bytes > 100'000U);
  }
}

TEST(Compression, OverTheWire) {
  Fixture fixture({.body = text_of(400'000)});
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, fixture.app().app());
  server.start();
  test::RawClient client(server.port());
  for (const std::string path : {"/", "/stream"}) {
    const auto reply = client.request("GET", path, "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(reply.count("Content-Length"), 0U);
    EXPECT_EQ(test::decode(reply.header("Content-Encoding"), reply.body), text_of(400'000));
  }
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(client.read_response(test::RawClient::Body::none).header("Content-Encoding"), "gzip");
  EXPECT_EQ(client.request("GET", "/plain").body.size(), 400'000U) << "the connection stays open";
}

TEST(Compression, AStreamThatBreaksIsNeverTakenForAWholeOne) {
  TestApp app([](Routes& routes) {
    routes
        .raw(http::Method::get, "/",
             [](api::Call&, http::Request&, http::Response& response) -> Task<Result<>> {
               response.headers.add("Content-Type", "text/plain");
               response.stream = broken_stream;
               co_return Result<>{};
             })
        .set_guard(api::open());
  });
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1}, app.app());
  server.start();
  test::RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_FALSE(client.read_until_close().ends_with("0\r\n\r\n"));
}

}  // namespace
}  // namespace ashlar::web
