// SPDX-License-Identifier: Apache-2.0
// What Handler::reject learns of a message that never became a request: without its Origin, no page can read the
// answer.
#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::http::detail {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RawResponse;
using Client = Http2TestClient;

const std::string origin = "https://shop.example";
const std::string field = "Origin: " + origin + "\r\n";

Limits small() {
  return {.request_line_bytes_max = 100,
          .header_bytes_max = 400,
          .header_count_max = 6,
          .body_bytes_max = 50,
          .header_time_max = milliseconds{50},
          .body_idle_time_max = milliseconds{50},
          .linger_time_max = milliseconds{20}};
}

TEST(RejectedFields, AreThoseThatHaveCome) {
  TestServer server(small());
  const std::string line = "POST /echo HTTP/1.1\r\n";
  const std::string many = "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\n";
  const std::string chunked = line + "Host: a\r\nTransfer-Encoding: chunked\r\n" + field + "\r\n";
  struct Case {
    int status;
    std::string bytes;
  };
  const std::vector<Case> cases{
      {400, line + field + "\r\n"},
      {400, line + "Host: a\r\nHost: b\r\n" + field + "\r\n"},
      {400, line + field + "Host : a\r\n\r\n"},
      {400, line + field + "Host: a\r\nX: \x01\r\n\r\n"},
      {400, line + field + " folded\r\n\r\n"},
      {400, chunked + "x\r\n"},
      {408, line + field},
      {408, "GET /" + std::string(20, 'a') + " HTTP/1.1\r\n" + field + "X"},
      {408, chunked + "1\r\n"},
      {413, line + "Host: a\r\nContent-Length: 51\r\n" + field + "\r\n"},
      {413, chunked + "33\r\n"},
      {414, "GET /" + std::string(200, 'a') + " HTTP/1.1\r\nHost: a\r\n" + field + "\r\n"},
      {417, line + "Host: a\r\nContent-Length: 1\r\nExpect: x\r\n" + field + "\r\n"},
      {431, line + field + "X: " + std::string(500, 'x')},
      {431, line + field + many},
      {501, line + "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n" + field + "\r\n"},
      {501, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n" + field + "\r\n"},
  };
  for (const Case& c : cases) {
    RawClient client = server.connect();
    client.send(c.bytes);
    const RawResponse refused = client.read_response();
    EXPECT_EQ(refused.status, c.status) << c.bytes;
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), origin) << c.bytes;
    EXPECT_EQ(refused.header("Peer"), "127.0.0.1") << c.bytes;
  }
}

TEST(RejectedFields, AreNotThoseOfTheRequestBefore) {
  TestServer server(small());
  for (const std::string& bytes : {std::string("nonsense\r\n\r\n"), "GET /" + std::string(600, 'a'),
                                   std::string("GET / HTTP/1.1\r\n"), std::string("GET / HTTP/3.0\r\n\r\n")}) {
    RawClient client = server.connect();
    EXPECT_EQ(client.request("GET", "/before", field).status, 200);
    client.send(bytes);
    const RawResponse refused = client.read_response();
    EXPECT_GE(refused.status, 400) << bytes;
    EXPECT_EQ(refused.count("Access-Control-Allow-Origin"), 0U) << bytes;
  }
}

TEST(RejectedFields, ALongTargetWhoseHeadDoesNotEndIsStillA414) {
  TestServer server(small());
  RawClient client = server.connect();
  client.send("GET /" + std::string(200, 'a'));
  EXPECT_EQ(client.read_response().body, "414 request.target_too_long");
}

TEST(RejectedFields, AreThoseOfAStream) {
  TestServer server(small());
  const Http2Fields from{{"origin", origin}};
  const auto with = [&](std::string_view method, std::string_view path, Http2Fields fields) {
    fields.insert(fields.end(), from.begin(), from.end());
    return Client::headers(1, Client::head(method, path, fields), NGHTTP2_FLAG_END_STREAM);
  };
  struct Case {
    int status;
    std::string frames;
  };
  const std::vector<Case> cases{
      {400, with("GET", "/a#b", {})},
      {400, with("GET", "/a", {{"host", "b"}})},
      {408, Client::post(1, "/echo", from)},
      {413, Client::post(1, "/echo", {{"content-length", "51"}, from[0]})},
      {413, Client::post(1, "/echo", from) + Client::data(1, std::string(51, 'b'))},
      {414, with("GET", "/" + std::string(200, 'a'), {})},
      {417, with("GET", "/", {{"expect", "x"}})},
      {431, with("GET", "/", {{"x", std::string(500, 'x')}})},
      {501, Client::headers(1, {{":method", "CONNECT"}, {":authority", "a:80"}, from[0]}, NGHTTP2_FLAG_END_STREAM)},
  };
  for (const Case& c : cases) {
    Client client(server.server.port());
    client.send(c.frames);
    Http2Answer refused = client.answer(1);
    EXPECT_EQ(refused.status, c.status);
    EXPECT_EQ(refused.headers["access-control-allow-origin"], origin) << c.status;
    EXPECT_EQ(refused.headers["peer"], "127.0.0.1") << c.status;
  }
}

}  // namespace
}  // namespace ashlar::http::detail
