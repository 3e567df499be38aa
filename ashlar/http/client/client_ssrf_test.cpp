// SPDX-License-Identifier: Apache-2.0
// Server-side request forgery: what a user's URL could make a server connect to.
#include "ashlar/http/client/detail/client_fixture.hpp"

#include <stdlib.h>

#include <array>

namespace ashlar::http {
namespace {

using detail::FakeResolver;
using detail::ScriptedServer;

// Addresses that outsiders must not be able to name. Each is tried in every spelling below.
constexpr std::array<std::array<int, 4>, 26> forbidden4{{
    {0, 0, 0, 0},         {0, 1, 2, 3},         {10, 0, 0, 1},      {10, 255, 255, 254}, {100, 64, 0, 1},
    {100, 127, 0, 1},     {100, 100, 100, 200}, {127, 0, 0, 1},     {127, 0, 1, 1},      {127, 255, 255, 254},
    {168, 63, 129, 16},   {169, 254, 169, 254}, {169, 254, 170, 2}, {172, 16, 0, 1},     {172, 31, 255, 1},
    {192, 0, 0, 192},     {192, 0, 2, 1},       {192, 88, 99, 1},   {192, 168, 0, 1},    {192, 168, 255, 1},
    {198, 18, 0, 1},      {198, 51, 100, 1},    {203, 0, 113, 1},   {224, 0, 0, 1},      {240, 0, 0, 1},
    {255, 255, 255, 255},
}};
constexpr std::array<const char*, 16> forbidden6 = {
    "::",      "::1",         "fc00::1",    "fd00:ec2::254", "fe80::1",     "fec0::1", "ff02::1",    "100::1",
    "2001::1", "2001:db8::1", "2001:10::1", "2002:7f00:1::", "64:ff9b:1::", "3fff::1", "2001:20::1", "5f00::1"};

std::string text_of(const std::array<int, 4>& a) {
  return std::to_string(a[0]) + "." + std::to_string(a[1]) + "." + std::to_string(a[2]) + "." + std::to_string(a[3]);
}

std::string number(std::uint32_t value, int base) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  do {
    out.insert(out.begin(), digits[value % static_cast<unsigned>(base)]);
    value /= static_cast<unsigned>(base);
  } while (value != 0);
  return out;
}

// As parsers of the last forty years have read an address in a URL.
std::vector<std::string> spellings_of(const std::array<int, 4>& a) {
  const auto part = [&](int i) { return static_cast<std::uint32_t>(a[static_cast<std::size_t>(i)]); };
  const std::uint32_t whole = part(0) << 24 | part(1) << 16 | part(2) << 8 | part(3);
  const std::string dotted = text_of(a);
  const std::string hex_pair = number(whole >> 16, 16) + ":" + number(whole & 0xffff, 16);
  std::string octal, hex, percent, wide;
  for (int i = 0; i < 4; ++i) {
    octal += (i == 0 ? "0" : ".0") + number(part(i), 8);
    hex += (i == 0 ? "0x" : ".0x") + number(part(i), 16);
    wide += (i == 0 ? "000" : ".000") + number(part(i), 10);
  }
  for (const char c : dotted) percent += c == '.' ? std::string("%2e") : "%3" + std::string(1, c);
  return {dotted,
          dotted + ".",
          number(whole, 10),
          "0x" + number(whole, 16),
          "0X" + number(whole, 16),
          "0" + number(whole, 8),
          octal,
          hex,
          wide,
          percent,
          number(part(0), 10) + "." + number(whole & 0xffffff, 10),
          number(part(0), 10) + "." + number(part(1), 10) + "." + number(whole & 0xffff, 10),
          "0x" + number(part(0), 16) + "." + number(whole & 0xffffff, 10),
          "0" + number(part(0), 8) + "." + number(whole & 0xffffff, 10),
          "[::ffff:" + dotted + "]",
          "[::FFFF:" + hex_pair + "]",
          "[0:0:0:0:0:ffff:" + dotted + "]",
          "[::" + dotted + "]",
          "[64:ff9b::" + dotted + "]",
          "[64:ff9b::" + hex_pair + "]",
          "[64:ff9b:1::" + dotted + "]",
          "[2002:" + hex_pair + "::]",
          "[::ffff:0:" + dotted + "]",
          "[2001:0:" + hex_pair + "::]",
          "public.test@" + dotted,
          "public.test:80@" + dotted,
          dotted + "#@public.test",
          dotted + "\\@public.test",
          "public.test\\@" + dotted,
          "public.test%00." + dotted,
          "[" + dotted + "]",
          "[::1%25" + dotted + "]"};
}

class Ssrf : public detail::ClientFixture {
 protected:
  // Counts; the policies refuse to list any of the addresses above.
  void expect_refused(Client& client, const std::string& url, const EgressPolicy& egress) {
    ++attempts_;
    const std::string result = outcome(client, {.url = url, .egress = egress});
    if (result != "http_client.refused_by_policy" && result != "http_client.invalid_url")
      ADD_FAILURE() << url << ": " << result;
  }
  static EgressPolicy listing(std::vector<std::string> allow) { return *EgressPolicy::parse(allow); }

  int attempts_ = 0;
};

TEST_F(Ssrf, TenThousandAttemptsOpenNoConnection) {
  const ScriptedServer server(test::echo);
  const ScriptedServer server6(test::echo, {.address = "::1", .port = server.port()});
  const std::string port = std::to_string(server.port());
  std::map<std::string, std::vector<FakeResolver::Answer>> table;
  std::vector<std::string> hosts;
  for (const auto& address : forbidden4) {
    for (const std::string& spelling : spellings_of(address)) hosts.push_back(spelling);
    const std::string dotted = text_of(address);
    const std::string name = "v4-" + std::to_string(table.size()) + ".test";
    table[name] = {{dotted}};
    table["mapped-" + name] = {{"::ffff:" + dotted}};
    table["nat64-" + name] = {{"64:ff9b::" + dotted}};
    table["twice-" + name] = {{dotted, "127.0.0.1", "::1"}};
  }
  for (const char* address : forbidden6) {
    hosts.push_back("[" + std::string(address) + "]");
    table["v6-" + std::to_string(table.size()) + ".test"] = {{address}};
  }
  for (const auto& [name, answers] : table) {
    hosts.push_back(name);
    hosts.push_back(name + ".");
  }
  FakeResolver resolver(table);
  Client client({&loop_}, {.resolver = &resolver});
  const std::vector<EgressPolicy> policies = {EgressPolicy(), listing({"8.8.8.0/24"}), listing({"hooks.internal"}),
                                              listing({"127.0.0.1:1", "[::1]:1", "localhost"}),
                                              listing({"172.20.0.0/16", "fd77::/16"})};
  for (const EgressPolicy& egress : policies) {
    for (const std::string& host : hosts) {
      expect_refused(client, "http://" + host + ":" + port + "/", egress);
      expect_refused(client, "https://" + host + "/latest/meta-data/", egress);
    }
  }
  for (const std::string& host : hosts) expect_refused(client, "http://" + host, EgressPolicy());
  EXPECT_GE(attempts_, 10'000);
  EXPECT_EQ(client.figures().connects, 0U);
  EXPECT_EQ(server.accepted() + server6.accepted(), 0);
}

// The control: the same servers are reached where the policy lists them, so the attempts above fail for its sake.
TEST_F(Ssrf, TheSameServersAreReachedWhereTheyAreListed) {
  const ScriptedServer server(test::echo);
  FakeResolver resolver({{"a.test", {{"127.0.0.1"}}}});
  Client client({&loop_}, {.resolver = &resolver});
  const std::string port = std::to_string(server.port());
  for (const std::string host : {"127.0.0.1", "[::ffff:127.0.0.1]", "a.test"})
    EXPECT_EQ(outcome(client, {.url = "http://" + host + ":" + port, .egress = listing({"127.0.0.1:" + port})}),
              "200 GET / HTTP/1.1|");
}

TEST_F(Ssrf, ANameThatLeadsElsewhereTheSecondTimeIsCheckedAgain) {
  const ScriptedServer allowed(test::answer_once_with("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                                                      "Connection: close\r\n\r\n"),
                               {.address = "127.0.0.2"});
  const ScriptedServer inside(test::echo, {.address = "127.0.0.1", .port = allowed.port()});
  FakeResolver resolver({{"rebind.test", {{"127.0.0.2"}, {"127.0.0.1"}}}});
  Client client({&loop_}, {.resolver = &resolver});
  const ClientRequest request{.url = "http://rebind.test:" + std::to_string(allowed.port()) + "/",
                              .egress = listing({"127.0.0.2"})};
  EXPECT_EQ(outcome(client, request), "200 ");
  EXPECT_EQ(resolver.calls("rebind.test"), 1) << "the address that was checked is the one that is dialled";
  EXPECT_EQ(allowed.accepted(), 1);
  EXPECT_EQ(outcome(client, request), "http_client.refused_by_policy");
  EXPECT_EQ(resolver.calls("rebind.test"), 2);
  EXPECT_EQ(inside.accepted(), 0);
}

TEST_F(Ssrf, OfSeveralAddressesOnlyThoseThatAreAllowedAreDialled) {
  const ScriptedServer allowed(test::echo, {.address = "127.0.0.2"});
  const ScriptedServer inside(test::echo, {.address = "127.0.0.1", .port = allowed.port()});
  FakeResolver resolver({{"both.test", {{"127.0.0.1", "::1", "10.0.0.1", "127.0.0.2"}}}});
  Client client({&loop_}, {.resolver = &resolver});
  EXPECT_EQ(outcome(client, {.url = "http://both.test:" + std::to_string(allowed.port()) + "/",
                             .egress = listing({"127.0.0.2"})}),
            "200 GET / HTTP/1.1|");
  EXPECT_EQ(client.figures().connects, 1U);
  EXPECT_EQ(inside.accepted(), 0);
}

TEST_F(Ssrf, NoProxyOfTheEnvironmentIsUsed) {
  const ScriptedServer proxy(test::echo);
  const ScriptedServer server(test::echo);
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
    ::setenv(name, proxy.url().c_str(), 1);
  Client client({&loop_}, {});
  const std::string result = outcome(client, to(server.url("/direct")));
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
    ::unsetenv(name);
  EXPECT_EQ(result, "200 GET /direct HTTP/1.1|");
  EXPECT_EQ(proxy.accepted(), 0);
}

}  // namespace
}  // namespace ashlar::http
