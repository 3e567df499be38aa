// SPDX-License-Identifier: Apache-2.0
// Signing keys of two servers, and `ashlar keys`.
#include "ashlar/auth/keys.hpp"
#include "tests/integration/server.hpp"
#include "tests/support/postgres_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* as_admin = R"({"email": "admin@example.com", "password": "a long password"})";

class JwtKeysCommand : public testing::Test {
 protected:
  JwtKeysCommand() {
    variables = server_variables();
    variables["JWT_ALGORITHM"] = "ES256";
  }
  Finished keys(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "keys");
    return run(ashlar(std::move(arguments), folder, variables));
  }
  // A member of the first key in that state.
  std::string member(const std::string& state, const std::string& name = "id") {
    const web::TestReply list{.status = 0, .headers = {}, .body = keys({"list", "--json"}).out};
    for (int i = 0; list.has("/keys/" + std::to_string(i)); ++i) {
      const std::string key = "/keys/" + std::to_string(i) + "/";
      if (list.at(key + "state") == state) return list.at(key + name);
    }
    return {};
  }

  TemporaryFolder folder;
  Variables variables;
};

TEST_F(JwtKeysCommand, Refuses) {
  EXPECT_EQ(keys({"list"}).exit_code, 65) << "the schema is not there";
  ASSERT_EQ(run(ashlar({"migrate", "up"}, folder, variables)).exit_code, 0);
  EXPECT_EQ(keys({}).exit_code, 64);
  EXPECT_EQ(keys({"rotate", "--lead", "-1"}).exit_code, 64);
  EXPECT_EQ(keys({"rotate", "--overlap", "60"}).exit_code, 64) << "shorter than JWT_EXPIRES_IN";
  EXPECT_EQ(keys({"remove"}).exit_code, 64);
  EXPECT_EQ(keys({"remove", "unknown"}).exit_code, 1);
  const Finished last = keys({"remove", member("signs")});
  EXPECT_EQ(last.exit_code, 1);
  EXPECT_THAT(last.err, HasSubstr("ashlar keys rotate --lead 0"));
  for (int i = 0; i < 31; ++i) ASSERT_EQ(keys({"rotate"}).exit_code, 0);
  EXPECT_EQ(keys({"rotate"}).exit_code, 1) << "a set has at most 32 keys";
  variables["JWT_ALGORITHM"] = "HS256";
  EXPECT_EQ(keys({"list"}).exit_code, 1);
  variables["JWT_ALGORITHM"] = "HS512";
  EXPECT_EQ(keys({"list"}).exit_code, 78);
}

TEST_F(JwtKeysCommand, PublishesThenSignsThenEnds) {
  ASSERT_EQ(run(ashlar({"migrate", "up"}, folder, variables)).exit_code, 0);
  const std::string first = member("signs");
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(member("signs", "verifiesUntil"), "null");
  variables["JWT_ALGORITHM"] = "EdDSA";  // of new keys
  ASSERT_EQ(keys({"rotate", "--lead", "3600", "--overlap", "86400"}).exit_code, 0);
  EXPECT_EQ(member("signs"), first);
  EXPECT_NE(member("signs", "verifiesUntil"), "null");
  EXPECT_EQ(member("published", "algorithm"), "EdDSA");
  const std::string next = member("published");
  ASSERT_EQ(keys({"remove", next}).exit_code, 0);
  ASSERT_EQ(keys({"rotate", "--lead", "0"}).exit_code, 0);
  EXPECT_EQ(member("verifies"), first);
  const std::string newest = member("signs");
  const Finished removed = keys({"remove", first, "--json"});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  EXPECT_THAT(removed.out, HasSubstr(newest));
  EXPECT_EQ(removed.out.find(first), std::string::npos);
  EXPECT_THAT(keys({"list"}).out, HasSubstr("EdDSA"));
}

// Signs in at one server and uses the token at both, until `stop` is set.
struct Traffic {
  std::atomic<bool> stop = false;
  std::atomic<int> calls = 0;
  std::vector<std::string> failures;

  void run(std::uint16_t here, std::uint16_t there) {
    ApiClient a(here), b(there);
    while (!stop) {
      const auto signed_in = a.call("POST", "/api/auth/login", as_admin);
      if (signed_in.status != 200) {
        failures.push_back(signed_in.body);
        continue;
      }
      const std::string token = signed_in.at("/data/accessToken");
      for (ApiClient* client : {&b, &a}) {
        const auto reply = client->call("GET", "/api/users/me", "", token);
        if (reply.status != 200) failures.push_back(reply.body);
        ++calls;
      }
    }
  }
};

TEST_F(JwtKeysCommand, RotatesUnderTwoServersWithoutARefusal) {
  variables["DATABASE_URL"] = tests::PostgresServer::shared().new_database();
  variables["REVOCATION_DELAY_MAX"] = "200ms";
  variables["SESSIONS_PER_USER_MAX"] = "10000";  // each call signs in
  const Server one(folder, variables), two(folder, variables);
  Traffic to_two, to_one;
  std::jthread first([&] { to_two.run(one.port(), two.port()); });
  std::jthread second([&] { to_one.run(two.port(), one.port()); });
  const auto after_calls = [&](int more) {
    const int until = to_two.calls + more;
    while (to_two.calls < until && to_two.failures.size() < 100) std::this_thread::yield();
  };
  ApiClient client(two.port());
  const std::string before = client.call("POST", "/api/auth/login", as_admin).at("/data/accessToken");
  const std::string former = member("signs");
  after_calls(20);
  ASSERT_EQ(keys({"rotate", "--lead", "0"}).exit_code, 0);
  after_calls(20);
  ASSERT_EQ(keys({"rotate", "--lead", "1"}).exit_code, 0);
  while (!member("published").empty()) after_calls(2);
  after_calls(20);
  EXPECT_EQ(client.call("GET", "/api/users/me", "", before).status, 200) << "the former key verifies";
  ASSERT_EQ(keys({"remove", former}).exit_code, 0);
  const auto limit = std::chrono::steady_clock::now() + 10s;
  for (const auto* server : {&one, &two}) {
    ApiClient each(server->port());
    while (each.call("GET", "/api/users/me", "", before).status == 200)
      ASSERT_LT(std::chrono::steady_clock::now(), limit);
    const auto published = auth::KeySet::parse_jwks(each.call("GET", "/.well-known/jwks.json").body);
    ASSERT_TRUE(published);
    EXPECT_EQ(published->entries().size(), 2U);
  }
  after_calls(20);
  to_two.stop = to_one.stop = true;
  first.join();
  second.join();
  EXPECT_EQ(to_two.failures, std::vector<std::string>{});
  EXPECT_EQ(to_one.failures, std::vector<std::string>{});
}

}  // namespace
}  // namespace ashlar::test
