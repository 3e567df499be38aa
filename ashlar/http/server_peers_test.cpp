// SPDX-License-Identifier: Apache-2.0
// Whose connection it is: the PROXY protocol, and how many one address may have.
#include "ashlar/http/detail/test_server.hpp"
#include "ashlar/http/server.hpp"
#include "tests/support/test_certificate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::http {
namespace {

using namespace std::string_literals;
using detail::TestHandler;
using std::chrono::milliseconds;
using test::RawClient;

const std::string request = "GET /peer HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string from_client = "PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n";

struct PeersServer {
  explicit PeersServer(ServerOptions options) : server(prepared(std::move(options)), handler) { server.start(); }
  [[nodiscard]] RawClient connect(const std::string& preface = {}) const {
    RawClient client(server.port());
    client.send(preface);
    return client;
  }

  TestHandler handler;
  Server server;

 private:
  static ServerOptions prepared(ServerOptions options) {
    options.host = "127.0.0.1";
    options.port = 0;
    options.loops = 1;
    return options;
  }
};

ServerOptions behind_proxy(milliseconds header_time_max = milliseconds{5'000}) {
  ServerOptions options;
  options.proxy_protocol = {.networks = {"loopback"}, .header_time_max = header_time_max};
  return options;
}

TEST(ServerProxyProtocol, ABadNetworkIsNamedAtTheStart) {
  ServerOptions options;
  options.proxy_protocol.networks = {"10.0.0.1/8"};
  try {
    const PeersServer server(std::move(options));
    FAIL();
  } catch (const std::runtime_error& failed) {
    EXPECT_NE(std::string(failed.what()).find("10.0.0.1/8"), std::string::npos);
  }
}

TEST(ServerProxyProtocol, ATrustedPeerWithoutAHeaderIsClosedWithoutAnAnswer) {
  const PeersServer server(behind_proxy(milliseconds{50}));
  for (const std::string& bytes : {request, "PROXY TCP4 1.2.3.4\r\n"s + request, "PROX"s, ""s}) {
    EXPECT_TRUE(server.connect(bytes).closed_by_server()) << bytes;
  }
}

TEST(ServerProxyProtocol, OtherPeersMayNotSendAHeader) {
  ServerOptions other;
  other.proxy_protocol.networks = {"10.0.0.0/8"};
  for (const ServerOptions& options : {ServerOptions{}, other}) {
    const PeersServer server(options);
    RawClient liar = server.connect(from_client + request);
    EXPECT_EQ(liar.read_response().status, 400);
    RawClient plain = server.connect(request);
    EXPECT_EQ(plain.read_response().body, "127.0.0.1 http");
  }
}

TEST(ServerProxyProtocol, TheClientIsThePeerOfEveryRequest) {
  const PeersServer server(behind_proxy());
  RawClient client = server.connect(from_client + request);
  EXPECT_EQ(client.read_response().body, "192.0.2.7 http");
  EXPECT_EQ(client.request("GET", "/peer").body, "192.0.2.7 http");
  RawClient mapped = server.connect("PROXY TCP6 ::ffff:192.0.2.9 2001:db8::1 1 2\r\n" + request);
  EXPECT_EQ(mapped.read_response().body, "192.0.2.9 http");
  RawClient pieces = server.connect("PROXY TCP6 2001:db8::7 ");
  pieces.send("2001:db8::1 1 2\r");
  pieces.send("\n" + request);
  EXPECT_EQ(pieces.read_response().body, "2001:db8::7 http");
}

TEST(ServerProxyProtocol, AProxysOwnCheckIsTheProxys) {
  const PeersServer server(behind_proxy());
  RawClient client = server.connect("\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"s + request);
  EXPECT_EQ(client.read_response().body, "127.0.0.1 http");
}

TEST(ServerProxyProtocol, ComesBeforeTls) {
  const test::TestCertificate certificate;
  ServerOptions options = behind_proxy();
  options.tls = TlsOptions{certificate.certificate_file(), certificate.key_file()};
  const PeersServer server(std::move(options));
  RawClient client(server.server.port(), {.preface = from_client, .tls = test::RawClientOptions::Tls{}});
  EXPECT_EQ(client.request("GET", "/peer").body, "192.0.2.7 https");
  EXPECT_THROW(RawClient(server.server.port(), {.tls = test::RawClientOptions::Tls{}}), std::runtime_error);
}

TEST(ServerProxyProtocol, StopDoesNotWaitForAHeader) {
  PeersServer server(behind_proxy(milliseconds{60'000}));
  RawClient silent = server.connect("PROXY ");
  while (server.server.connections() == 0) continue;
  server.server.stop(std::chrono::seconds{60});
  EXPECT_TRUE(silent.closed_by_server());
}

// The place is free a moment after the server has closed the connection that had it.
void expect_answer_soon(const PeersServer& server, const std::string& preface) {
  for (int attempt = 0; attempt < 10'000; ++attempt) {
    RawClient client(server.server.port());
    if (client.try_send(preface + "GET / HTTP/1.0\r\n\r\n") && !client.read_until_close().empty()) return;
  }
  FAIL() << "the place was never given back";
}

TEST(ServerConnectionsPerAddress, MoreAreClosedAndAPlaceIsGivenBack) {
  ServerOptions options;
  options.limits.connections_per_address_max = 2;
  const PeersServer server(std::move(options));
  RawClient one = server.connect(), two = server.connect();
  EXPECT_EQ(one.request("GET", "/").status, 200);
  EXPECT_EQ(two.request("GET", "/").status, 200);
  RawClient three = server.connect();
  EXPECT_TRUE(three.closed_by_server());
  one.close();
  expect_answer_soon(server, {});
}

TEST(ServerConnectionsPerAddress, BehindAProxyItIsTheClientThatIsCounted) {
  ServerOptions options = behind_proxy();
  options.limits.connections_per_address_max = 1;
  const PeersServer server(std::move(options));
  RawClient first = server.connect(from_client + request);
  EXPECT_EQ(first.read_response().status, 200);
  EXPECT_TRUE(server.connect(from_client + request).closed_by_server());
  RawClient other = server.connect("PROXY TCP4 192.0.2.8 10.0.0.1 1 2\r\n" + request);
  EXPECT_EQ(other.read_response().status, 200);
  EXPECT_EQ(first.request("GET", "/").status, 200);
}

}  // namespace
}  // namespace ashlar::http
