// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/trusted_proxies.hpp"

#include "ashlar/web/detail/test_app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar::web {
namespace {

using testing::HasSubstr;
using Fields = TrustedProxyOptions::Fields;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Case {
  Headers headers;
  std::string address;
  std::string scheme = "http";
  std::string host = "socket.example";
  std::string peer = "10.0.0.1";
};

void expect_origins(Fields fields, const std::vector<Case>& cases) {
  const auto proxies = TrustedProxies::make({.networks = {"10.0.0.0/8", "fd00::/8"}, .fields = fields, .hops_max = 4});
  ASSERT_TRUE(proxies);
  for (const Case& c : cases) {
    http::Request request;
    request.peer_address = c.peer;
    request.authority = "socket.example";
    std::string said;
    for (const auto& [name, value] : c.headers) {
      request.headers.add(name, value);
      said += name + ": " + value + '\n';
    }
    const ClientOrigin origin = proxies->origin_of(request);
    EXPECT_EQ(origin.address, c.address) << said;
    EXPECT_EQ(origin.scheme == http::Scheme::https ? "https" : "http", c.scheme) << said;
    EXPECT_EQ(origin.authority, c.host) << said;
  }
}

TEST(TrustedProxies, RefuseInvalidNetworks) {
  for (const std::string wrong : {"", "10.0.0.0/33", "10.0.0.1/8", "everybody", "proxy.example", "*"}) {
    const auto made = TrustedProxies::make({.networks = {"10.0.0.0/8", wrong}});
    ASSERT_FALSE(made) << wrong;
    EXPECT_EQ(made.error().code(), ashlar::errors::invalid_network);
    EXPECT_THAT(made.error().message(), HasSubstr('"' + wrong + '"'));
  }
}

TEST(TrustedProxies, TrustNoOtherPeer) {
  const Headers lies = {{"X-Forwarded-For", "192.0.2.9"},
                        {"X-Forwarded-Proto", "https"},
                        {"X-Forwarded-Host", "evil"},
                        {"Forwarded", "for=192.0.2.9;proto=https;host=evil"}};
  for (const std::string peer : {"203.0.113.5", "11.0.0.1", "2001:db8::1", "unix", ""}) {
    expect_origins(Fields::x_forwarded, {{.headers = lies, .address = peer, .peer = peer}});
    expect_origins(Fields::forwarded, {{.headers = lies, .address = peer, .peer = peer}});
  }
  http::Request request;
  request.peer_address = "127.0.0.1";
  for (const auto& [name, value] : lies) request.headers.add(name, value);
  EXPECT_EQ(TrustedProxies().origin_of(request).address, "127.0.0.1") << "no proxy is trusted by default";
  EXPECT_EQ(TrustedProxies::make({.networks = {"loopback"}})->origin_of(request).address, "192.0.2.9");
  EXPECT_EQ(TrustedProxies::make({.networks = {"private"}})->origin_of(request).address, "192.0.2.9");
}

TEST(TrustedProxies, ReadTheOneFamilyOfFieldsThatTheProxyWrites) {
  expect_origins(Fields::x_forwarded, {{.headers = {{"Forwarded", "for=192.0.2.9"}}, .address = "10.0.0.1"}});
  expect_origins(Fields::forwarded, {{.headers = {{"X-Forwarded-For", "192.0.2.9"}}, .address = "10.0.0.1"}});
}

TEST(TrustedProxies, FindTheClientInXForwardedFor) {
  const auto chain = [](std::string value, std::string address) {
    return Case{.headers = {{"X-Forwarded-For", std::move(value)}}, .address = std::move(address)};
  };
  expect_origins(
      Fields::x_forwarded,
      {
          // What comes before the first untrusted address is what the client claims.
          chain("1.1.1.1, 192.0.2.9", "192.0.2.9"),
          chain("10.0.0.9, 192.0.2.9", "192.0.2.9"),
          chain("192.0.2.9, 10.0.0.7, 10.0.0.8", "192.0.2.9"),
          chain("1.1.1.1, garbage, 192.0.2.9,10.0.0.8", "192.0.2.9"),
          // Malformed where a proxy should have written: the proxy itself.
          chain("192.0.2.9, garbage", "10.0.0.1"),
          chain("192.0.2.9, unknown, 10.0.0.8", "10.0.0.8"),
          chain("192.0.2.9,", "10.0.0.1"),
          chain("192.0.2.9, , 10.0.0.8", "10.0.0.8"),
          chain("", "10.0.0.1"),
          chain(",", "10.0.0.1"),
          chain("192.0.2.9 10.0.0.8", "10.0.0.1"),
          chain("\"192.0.2.9\"", "10.0.0.1"),
          chain("192.0.2.999", "10.0.0.1"),
          chain("192.0.2.9:port", "10.0.0.1"),
          chain("[2001:db8::1", "10.0.0.1"),
          chain("[192.0.2.9]", "10.0.0.1"),
          chain("fe80::1%eth0", "10.0.0.1"),
          // All of them proxies: the leftmost. More of them than are examined: the last one examined.
          chain("10.0.0.7, 10.0.0.8", "10.0.0.7"),
          chain("192.0.2.9, 10.0.0.6, 10.0.0.5, 10.0.0.4, 10.0.0.3", "10.0.0.6"),
          // Writings.
          chain("192.0.2.9", "192.0.2.9"),
          chain("\t192.0.2.9 ", "192.0.2.9"),
          chain("192.0.2.9:54321", "192.0.2.9"),
          chain("2001:db8::9", "2001:db8::9"),
          chain("[2001:db8::9]:443", "2001:db8::9"),
          chain("[2001:db8::9]", "2001:db8::9"),
          chain("192.0.2.9, fd00::1", "192.0.2.9"),
          chain("192.0.2.9, ::ffff:10.0.0.3", "192.0.2.9"),
          // Several fields are one list.
          {.headers = {{"X-Forwarded-For", "1.1.1.1"}, {"x-forwarded-for", "192.0.2.9"}}, .address = "192.0.2.9"},
          {.headers = {{"X-Forwarded-For", "192.0.2.9"}, {"X-FORWARDED-FOR", "10.0.0.4, 10.0.0.3"}},
           .address = "192.0.2.9"},
          {.headers = {}, .address = "10.0.0.1"},
          {.headers = {{"X-Forwarded-For", "192.0.2.9"}}, .address = "192.0.2.9", .peer = "::ffff:10.0.0.1"},
      });
}

TEST(TrustedProxies, TakeSchemeAndHostFromTheClientsPosition) {
  const auto both = [](std::string for_list, std::string proto, std::string host) {
    return Headers{{"X-Forwarded-For", std::move(for_list)},
                   {"X-Forwarded-Proto", std::move(proto)},
                   {"X-Forwarded-Host", std::move(host)}};
  };
  expect_origins(
      Fields::x_forwarded,
      {
          {both("192.0.2.9", "ftp", "a b"), "192.0.2.9"},
          {both("192.0.2.9", "", ""), "192.0.2.9"},
          {both("192.0.2.9", "https://", "http://a.example"), "192.0.2.9"},
          {both("192.0.2.9", "wss", "user@a.example"), "192.0.2.9"},
          {both("192.0.2.9", "https", "a.example:99999x"), "192.0.2.9", "https"},
          {both("192.0.2.9", "https", "a.example"), "192.0.2.9", "https", "a.example"},
          {both("192.0.2.9", "HTTPS", "a.example:8443"), "192.0.2.9", "https", "a.example:8443"},
          {both("192.0.2.9", "https", "[2001:db8::1]:8443"), "192.0.2.9", "https", "[2001:db8::1]:8443"},
          {both("192.0.2.9", "https", "[2001:db8::1"), "192.0.2.9", "https"},
          {both("1.1.1.1, 192.0.2.9", "https, http", "evil, a.example"), "192.0.2.9", "http", "a.example"},
          {both("192.0.2.9, 10.0.0.2", "https, http", "a.example, inner"), "192.0.2.9", "https", "a.example"},
          {both("192.0.2.9, 10.0.0.2", "https", "a.example"), "192.0.2.9", "https", "a.example"},
          {both("", "https", "a.example"), "10.0.0.1", "https", "a.example"},
          {both("garbage", "http, https", ""), "10.0.0.1", "https"},
      });
}

TEST(TrustedProxies, FindTheClientInForwarded) {
  const auto chain = [](std::string value, std::string address, std::string scheme = "http",
                        std::string host = "socket.example") {
    return Case{.headers = {{"Forwarded", std::move(value)}},
                .address = std::move(address),
                .scheme = std::move(scheme),
                .host = std::move(host)};
  };
  expect_origins(
      Fields::forwarded,
      {
          // Malformed elements end the walk.
          chain("for", "10.0.0.1"),
          chain("for=", "10.0.0.1"),
          chain("=192.0.2.9", "10.0.0.1"),
          chain("for =192.0.2.9", "10.0.0.1"),
          chain("for= 192.0.2.9", "10.0.0.1"),
          chain("for=192.0.2.9 proto=https", "10.0.0.1"),
          chain("for=192.0.2.9;for=192.0.2.8", "10.0.0.1"),
          chain("for=192.0.2.9;proto=https;PROTO=http", "10.0.0.1"),
          chain("for=192.0.2.9:4711", "10.0.0.1"),
          chain("for=[2001:db8::9]", "10.0.0.1"),
          chain("for=2001:db8::9", "10.0.0.1"),
          chain("for=\"2001:db8::9\"", "10.0.0.1"),
          chain("for=\"[192.0.2.9]\"", "10.0.0.1"),
          chain("for=\"[2001:db8::9]x\"", "10.0.0.1"),
          chain("for=\"192.0.2.9", "10.0.0.1"),
          chain("for=192.0.2.9\"", "10.0.0.1"),
          chain("for=\"192.0.2\\.9\"", "10.0.0.1"),
          chain("for=\"192.0.2.9\"x", "10.0.0.1"),
          chain("f\xc3\xb6r=192.0.2.9", "10.0.0.1"),
          chain("", "10.0.0.1"),
          chain(";", "10.0.0.1"),
          // Nodes without an address: the proxy is all that is known, but its scheme counts.
          chain("for=unknown;proto=https", "10.0.0.1", "https"),
          chain("for=_hidden", "10.0.0.1"),
          chain("for=\"_hidden:_port\"", "10.0.0.1"),
          chain("proto=https;host=a.example", "10.0.0.1", "https", "a.example"),
          chain("for=192.0.2.9, for=unknown", "10.0.0.1"),
          // A client cannot hide behind what it sends before the proxy's own element.
          chain("for=\"evil, for=192.0.2.9", "192.0.2.9"),
          chain("for=\"evil\\\", for=192.0.2.9", "192.0.2.9"),
          chain("for=1.1.1.1, for=192.0.2.9", "192.0.2.9"),
          chain("\"\"\", for=192.0.2.9;host=\"a.example\"", "192.0.2.9", "http", "a.example"),
          // Well-formed ones.
          chain("for=192.0.2.9", "192.0.2.9"),
          chain("For=192.0.2.9;by=10.0.0.1;secret=x", "192.0.2.9"),
          chain("for=\"192.0.2.9:4711\"", "192.0.2.9"),
          chain("for=\"192.0.2.9:_abc\"", "192.0.2.9"),
          chain("for=\"[2001:db8::9]:4711\";proto=https", "2001:db8::9", "https"),
          chain("for=\"[2001:db8::9]\"", "2001:db8::9"),
          chain(" for=192.0.2.9 ; proto=https ;; host=\"a.example:8443\" ", "192.0.2.9", "https", "a.example:8443"),
          chain("for=192.0.2.9;ext=\"a,b;c=\\\"d\\\"\"", "10.0.0.1"),
          chain("for=192.0.2.9;ext=\"a,b;c\", for=10.0.0.3", "192.0.2.9"),
          chain("for=192.0.2.9,,", "192.0.2.9"),
          chain("for=192.0.2.9;proto=https;host=a.example, for=10.0.0.3;proto=http;host=inner", "192.0.2.9", "https",
                "a.example"),
          chain("for=192.0.2.9, for=10.0.0.3;proto=https", "192.0.2.9", "https"),
          chain("for=10.0.0.7, for=10.0.0.8", "10.0.0.7"),
          {.headers = {{"Forwarded", "for=192.0.2.9"}, {"forwarded", "for=10.0.0.3"}}, .address = "192.0.2.9"},
          {.headers = {{"Forwarded", "for=\""}, {"Forwarded", "for=192.0.2.9"}}, .address = "192.0.2.9"},
      });
}

Result<> nothing(api::Call&) { return {}; }
struct Seen {
  std::string address;
};
ASHLAR_DESCRIBE(Seen, address)
Result<api::WithCredentials<api::Bare<Seen>>> see(api::Call& call) {
  return api::WithCredentials<api::Bare<Seen>>{.reply = {{std::string(call.client_address())}},
                                               .credentials = api::Credentials{.access_token = "a",
                                                                               .refresh_token = "r",
                                                                               .access_expires_at = call.now(),
                                                                               .refresh_expires_at = call.now()}};
}

TEST(TrustedProxies, DecideForTheWholeChainWhoTheClientIs) {
  AppOptions options;
  options.rate_limit_max = 1;
  options.trusted_proxies.networks = {"127.0.0.1"};
  detail::TestApp app([](Routes& routes) { routes.get("/seen", see).open(); }, options);
  const auto get = [&](std::string client) {
    return app->send(
        {http::Method::get,
         "/seen",
         {{"X-Forwarded-For", std::move(client)}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "shop.example"}},
         {}});
  };
  const auto reply = get("192.0.2.9");
  EXPECT_EQ(reply.at("/address"), "192.0.2.9");
  EXPECT_THAT(reply.header("Strict-Transport-Security"), HasSubstr("max-age="));
  EXPECT_THAT(reply.header("Set-Cookie"), HasSubstr("; Secure"));
  EXPECT_EQ(get("192.0.2.9").status, 429) << "counted by the client, not by the proxy";
  EXPECT_EQ(get("192.0.2.10").status, 200);
  EXPECT_THAT(app.log_lines(), HasSubstr(R"("address":"192.0.2.10")"));
  EXPECT_THAT(app.log_lines(), HasSubstr(R"("host":"shop.example")"));

  app->use_peer_address("203.0.113.5");
  const auto direct = get("192.0.2.11");
  EXPECT_EQ(direct.at("/address"), "203.0.113.5");
  EXPECT_EQ(direct.header("Strict-Transport-Security"), "");
  EXPECT_THAT(direct.header("Set-Cookie"), testing::Not(HasSubstr("Secure")));
}

TEST(TrustedProxies, AreCheckedAtStart) {
  AppOptions options;
  options.trusted_proxies.networks = {"10.0.0.1/8"};
  EXPECT_THROW(detail::TestApp([](Routes& routes) { routes.get("/x", nothing).open(); }, options), std::logic_error);
}

}  // namespace
}  // namespace ashlar::web
