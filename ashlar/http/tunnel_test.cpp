// SPDX-License-Identifier: Apache-2.0
// Connections and streams that leave HTTP: 101 of HTTP/1.1, extended CONNECT of HTTP/2.
#include "ashlar/http/detail/http2_test_client.hpp"
#include "ashlar/http/detail/test_server.hpp"
#include "ashlar/http/self_signed.hpp"
#include "tests/support/test_certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ashlar::http {
namespace {

using detail::Http2Fields;
using detail::Http2TestClient;
using detail::TestServer;
using test::RawClient;

constexpr const char* upgrade =
    "GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n";

std::string extended_connect(std::int32_t stream, std::string_view path, std::string_view protocol) {
  Http2Fields fields = Http2TestClient::head("CONNECT", path);
  fields.push_back({":protocol", std::string(protocol)});
  return Http2TestClient::headers(stream, fields, NGHTTP2_FLAG_END_HEADERS);
}

TEST(Tunnel, NeedsARequestThatAsksForOne) {
  const TestServer server;
  for (const std::string& head :
       {std::string("GET /tunnel HTTP/1.1\r\nHost: a\r\n"),
        std::string("GET /tunnel HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n"),
        std::string("GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n"),
        std::string("GET /tunnel HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n")}) {
    RawClient client = server.connect();
    client.send(head + "\r\n");
    EXPECT_EQ(client.read_response().status, 426) << head;
  }
}

TEST(Tunnel, OfHttp1CarriesBytesBothWays) {
  TestServer server;
  RawClient client = server.connect();
  client.send(std::string(upgrade) + "early");
  const auto head = client.read_head();
  EXPECT_EQ(head.status, 101);
  EXPECT_EQ(head.header("Upgrade"), "echo");
  EXPECT_EQ(head.header("Connection"), "Upgrade");
  EXPECT_EQ(head.header("Extra"), "yes");
  EXPECT_EQ(head.header("Content-Length"), "");
  EXPECT_EQ(head.header("Transfer-Encoding"), "");
  EXPECT_EQ(client.read(7), "<early>");
  client.send("late");
  EXPECT_EQ(client.read(6), "<late>");
  client.send("end");
  EXPECT_EQ(client.read_until_close(), "bye");
}

TEST(Tunnel, FollowsPipelinedRequests) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(upgrade) + "x");
  EXPECT_EQ(client.read_response().status, 200);
  EXPECT_EQ(client.read_head().status, 101);
  EXPECT_EQ(client.read(3), "<x>");
}

TEST(Tunnel, NoticesThatTheClientSendsNoMore) {
  TestServer server;
  RawClient client = server.connect();
  client.send(upgrade);
  EXPECT_EQ(client.read_head().status, 101);
  client.shut_down_sending();
  EXPECT_EQ(server.handler.left.wait(), "ended");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Tunnel, NoticesThatTheClientHasGone) {
  TestServer server;
  RawClient client = server.connect();
  client.send(upgrade);
  EXPECT_EQ(client.read_head().status, 101);
  client.reset();
  EXPECT_EQ(server.handler.left.wait(), "connection.closed");
}

TEST(Tunnel, ThatThrowsClosesTheConnection) {
  const TestServer server;
  RawClient client = server.connect();
  client.send(upgrade);
  EXPECT_EQ(client.read_head().status, 101);
  client.send("throw");
  EXPECT_TRUE(client.closed_by_server());
}

TEST(Tunnel, OutlivesTheTimeLimitsOfRequests) {
  using std::chrono::milliseconds;
  TestServer server({.header_time_max = milliseconds(100),
                     .body_idle_time_max = milliseconds(100),
                     .body_grace_time = milliseconds(50),
                     .body_time_max = milliseconds(100),
                     .idle_time_max = milliseconds(100),
                     .idle_memory_time_max = milliseconds(50)});
  RawClient first = server.connect();
  first.send(upgrade);
  EXPECT_EQ(first.read_head().status, 101);
  Http2TestClient second(server.server.port());
  second.send(extended_connect(1, "/tunnel", "echo"));
  // Another connection reaches each of these limits, one after the other.
  for (int i = 0; i < 3; ++i) {
    RawClient idle = server.connect();
    EXPECT_EQ(idle.request("GET", "/a").status, 200);
    EXPECT_TRUE(idle.closed_by_server());
  }
  first.send("a");
  EXPECT_EQ(first.read(3), "<a>");
  second.send(Http2TestClient::data(1, "b", 0));
  while (second.so_far(1).body.size() < 3) (void)second.read();
  EXPECT_EQ(second.so_far(1).body, "<b>");
}

TEST(Tunnel, IsCancelledWhenTheServerCloses) {
  TestServer server;
  RawClient first = server.connect();
  first.send(std::string(upgrade).replace(11, 0, "?signal"));
  EXPECT_EQ(first.read_head().status, 101);
  (void)server.handler.tunnel.opened.wait();
  server.server.stop(std::chrono::milliseconds(0));
  EXPECT_THAT(server.handler.left.wait(), testing::AnyOf("cancelled", "connection.closed"));
}

TEST(Tunnel, WorksOverTls) {
  const test::TestCertificate certificate;
  TestServer server({}, TlsOptions{certificate.certificate_file(), certificate.key_file()});
  RawClient client(server.server.port(), {.tls = test::RawClientOptions::Tls{}});
  client.send(std::string(upgrade) + "early");
  EXPECT_EQ(client.read_head().status, 101);
  EXPECT_EQ(client.read(7), "<early>");
  client.send("end");
  EXPECT_EQ(client.read_until_close(), "bye");
}

TEST(Tunnel, OfHttp2NeedsAHandlerThatKnowsTheProtocol) {
  TestServer server;
  Http2TestClient client(server.server.port());
  client.send(extended_connect(1, "/tunnel", "other"));
  EXPECT_EQ(client.answer(1).status, 426);
  client.send(Http2TestClient::headers(3, {{":method", "CONNECT"}, {":authority", "a"}}, NGHTTP2_FLAG_END_HEADERS));
  EXPECT_EQ(client.answer(3).status, 501);
}

TEST(Tunnel, OfHttp2CarriesBytesBothWays) {
  TestServer server;
  Http2TestClient client(server.server.port());
  const auto settings = client.read(NGHTTP2_SETTINGS);
  EXPECT_THAT(settings.payload, testing::HasSubstr(std::string("\0\x08\0\0\0\x01", 6)));  // ENABLE_CONNECT_PROTOCOL
  client.send(extended_connect(1, "/tunnel", "echo") + Http2TestClient::data(1, "early", 0));
  while (client.so_far(1).body.size() < 7) (void)client.read();
  const auto& answer = client.so_far(1);
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.headers.contains("upgrade"));
  EXPECT_FALSE(answer.headers.contains("content-length"));
  EXPECT_EQ(answer.body, "<early>");
  EXPECT_EQ(client.fetch(3, "/a").status, 200) << "other streams continue";
  client.send(Http2TestClient::data(1, "end", 0));
  EXPECT_EQ(client.answer(1).body, "<early>bye");
}

TEST(Tunnel, OfHttp2EndsWithItsStream) {
  TestServer server;
  Http2TestClient client(server.server.port());
  client.send(extended_connect(1, "/tunnel", "echo") + Http2TestClient::data(1, "a", 0));
  while (client.so_far(1).body.size() < 3) (void)client.read();
  client.send(Http2TestClient::data(1, "", NGHTTP2_FLAG_END_STREAM));
  EXPECT_EQ(server.handler.left.wait(), "ended");
  EXPECT_TRUE(client.answer(1).whole);
}

TEST(Tunnel, OfHttp2MayCarryMoreThanABody) {
  TestServer server({.body_bytes_max = 1'000});
  Http2TestClient client(server.server.port());
  client.send(extended_connect(1, "/tunnel", "echo"));
  std::size_t size = 0;
  for (int i = 0; i < 20; ++i) {
    client.send(Http2TestClient::data(1, std::string(200, 'x'), 0));
    size += 202;
    while (client.so_far(1).body.size() < size) (void)client.read();
  }
  EXPECT_EQ(client.so_far(1).reset, std::nullopt);
}

}  // namespace
}  // namespace ashlar::http
