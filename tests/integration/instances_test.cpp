// SPDX-License-Identifier: Apache-2.0
// Two instances of the binary on one PostgreSQL and one Redis, behind nginx, as docs/guide/instances.md has them.
#include "tests/integration/server.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/nginx_server.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ashlar::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Instances that differ in nothing but their port.
class Instances {
 public:
  explicit Instances(const Variables& more, int count = 2) {
    Variables variables = server_variables();
    variables["DATABASE_URL"] = database_url_;
    variables["TRUSTED_PROXIES"] = "loopback";
    variables["REVOCATION_DELAY_MAX"] = "1m";  // what is seen sooner was asked for
    variables.erase("REDIS_URL");
    for (const auto& [name, value] : more) variables[name] = value;
    for (int i = 0; i < count; ++i) servers_.push_back(std::make_unique<Server>(folder_, variables));
    for (const auto& server : servers_) clients_.emplace_back(server->port());
  }

  ApiClient& operator[](std::size_t i) { return clients_[i]; }
  [[nodiscard]] std::vector<std::uint16_t> ports() const {
    std::vector<std::uint16_t> out;
    for (const auto& server : servers_) out.push_back(server->port());
    return out;
  }
  [[nodiscard]] Process& process(std::size_t i) { return servers_[i]->process(); }
  [[nodiscard]] const std::string& database_url() const { return database_url_; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  // Waits until each says so of its Redis.
  bool all_say_of_redis(const std::string& status) {
    for (ApiClient& client : clients_) {
      const auto limit = std::chrono::steady_clock::now() + 20s;
      while (client.call("GET", "/health/ready").body.find(R"({"name":"redis","status":")" + status + "\"}") ==
             std::string::npos) {
        if (std::chrono::steady_clock::now() > limit) return false;
      }
    }
    return true;
  }

 private:
  TemporaryFolder folder_;
  const std::string database_url_ = tests::PostgresServer::shared().new_database();
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<ApiClient> clients_;
};

std::string me(ApiClient& client, const std::string& token) {
  const auto reply = client.call("GET", "/api/users/me", "", token);
  return reply.status == 200 ? "ok" : reply.at("/code");
}

std::string sign_in(ApiClient& client, const std::string& name) {
  return client
      .call("POST", "/api/auth/login", R"({"email": ")" + name + R"(@example.com", "password": "a long password"})")
      .at("/data/accessToken");
}

TEST(Instances, KnowAtOnceWhatAnotherHasEnded) {
  Instances instances({});
  ASSERT_EQ(instances[0].sign_up("ada").status, 201);
  using End = std::function<int(ApiClient&, const std::string& token)>;
  const std::vector<std::pair<const char*, End>> ways = {
      {"logout",
       [](ApiClient& at, const std::string& token) { return at.call("POST", "/api/auth/logout", "", token).status; }},
      {"logout of all",
       [](ApiClient& at, const std::string& token) {
         return at.call("POST", "/api/auth/logout-all", "", token).status;
       }},
      {"a session that is ended",
       [](ApiClient& at, const std::string& token) {
         const std::string session = at.call("GET", "/api/auth/sessions", "", token).at("/data/0/id");
         return at.call("DELETE", "/api/auth/sessions/" + session, "", token).status;
       }},
  };
  for (int round = 0; round < 10; ++round) {
    ApiClient& here = instances[static_cast<std::size_t>(round % 2)];
    ApiClient& there = instances[static_cast<std::size_t>(1 - round % 2)];
    for (const auto& [what, end] : ways) {
      SCOPED_TRACE(what);
      const std::string token = sign_in(here, "ada");
      ASSERT_EQ(me(here, token), "ok");
      ASSERT_EQ(me(there, token), "ok") << "and it is kept there as verified";
      ASSERT_EQ(end(here, token), 204);
      ASSERT_EQ(me(there, token), "auth.token_revoked");
      ASSERT_EQ(me(here, token), "auth.token_revoked");
    }
  }
}

// Uses a token at one instance until `stop` is set. A reply to a request that was sent after the session's end was
// answered must be a refusal.
struct UseOfAToken {
  std::atomic<bool> ended = false;
  std::atomic<bool> stop = false;
  int accepted = 0, accepted_afterwards = 0, refused = 0;

  void run(std::uint16_t port, const std::string& token) {
    ApiClient client(port);
    while (!stop) {
      const bool is_over = ended;
      const bool is_accepted = me(client, token) == "ok";
      accepted += is_accepted ? 1 : 0;
      accepted_afterwards += is_accepted && is_over ? 1 : 0;
      refused += is_accepted ? 0 : 1;
    }
  }
};

TEST(Instances, AcceptNothingAfterTheEndOfASession) {
  Instances instances({});
  ASSERT_EQ(instances[0].sign_up("ada").status, 201);
  for (int round = 0; round < 20; ++round) {
    ApiClient& here = instances[static_cast<std::size_t>(round % 2)];
    const std::string token = sign_in(here, "ada");
    std::array<UseOfAToken, 2> uses;
    {
      std::vector<std::jthread> users;
      for (std::size_t i = 0; i < uses.size(); ++i)
        users.emplace_back([&use = uses[i], port = instances.ports()[i], &token] { use.run(port, token); });
      ASSERT_EQ(me(here, token), "ok");
      EXPECT_EQ(here.call("POST", "/api/auth/logout", "", token).status, 204);
      for (UseOfAToken& use : uses) use.ended = true;
      for (int i = 0; i < 20; ++i) (void)me(here, token);
      for (UseOfAToken& use : uses) use.stop = true;
    }
    for (const UseOfAToken& use : uses) EXPECT_EQ(use.accepted_afterwards, 0) << "of " << use.accepted;
  }
}

TEST(Instances, OneThatHangsDelaysAChangeByItsLease) {
  Instances instances({{"REVOCATION_DELAY_MAX", "1s"}});  // a lease of 5 s
  const std::string token = instances[0].sign_up("ada").at("/data/accessToken");
  ASSERT_EQ(me(instances[1], token), "ok");
  instances.process(1).signal(SIGSTOP);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(instances[0].call("POST", "/api/auth/logout", "", token).status, 204);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 8s);
  instances.process(1).signal(SIGCONT);
  EXPECT_EQ(me(instances[1], token), "auth.token_revoked") << "it looks before it uses what it has kept";
}

TEST(Instances, OneThatWasKilledDelaysAChangeByItsLease) {
  Instances instances({{"REVOCATION_DELAY_MAX", "1s"}});
  const std::string first = instances[0].sign_up("ada").at("/data/accessToken");
  const std::string second = sign_in(instances[0], "ada");
  instances.process(1).signal(SIGKILL);
  (void)instances.process(1).wait();
  auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(instances[0].call("POST", "/api/auth/logout", "", first).status, 204);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 8s);
  began = std::chrono::steady_clock::now();
  ASSERT_EQ(instances[0].call("POST", "/api/auth/logout", "", second).status, 204);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 4s) << "its lease is over";
}

TEST(Instances, OneThatWasStoppedDelaysNothing) {
  Instances instances({});  // a lease of three minutes
  const std::string token = instances[0].sign_up("ada").at("/data/accessToken");
  instances.process(1).signal(SIGTERM);
  ASSERT_EQ(instances.process(1).wait(), 0);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_EQ(instances[0].call("POST", "/api/auth/logout", "", token).status, 204);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

// GET /api/users takes read:user.
int users(ApiClient& client, const std::string& token) { return client.call("GET", "/api/users", "", token).status; }

std::string grant_body(const char* permission) {
  return std::string(R"({"reason": "a test", "permission": ")") + permission + "\"}";
}

TEST(Instances, ApplyAtOnceWhatAnotherHasChangedInRights) {
  Instances instances({});
  const std::string admin = instances[0].admin_token();
  const auto signed_up = instances[0].sign_up("ada");
  const std::string ada = signed_up.at("/data/accessToken");
  const std::string account = "/api/admin/users/" + signed_up.at("/data/user/id");
  const auto key =
      instances[0].call("POST", "/api/auth/api-keys", R"({"name": "k", "permissions": ["read:user"]})", ada);
  ASSERT_EQ(key.status, 201) << key.body;
  for (int round = 0; round < 10; ++round) {
    ApiClient& here = instances[static_cast<std::size_t>(round % 2)];
    ApiClient& there = instances[static_cast<std::size_t>(1 - round % 2)];
    ASSERT_EQ(users(there, ada), 403);
    ASSERT_EQ(here.call("POST", account + "/role", R"({"role": "admin"})", admin).status, 200);
    ASSERT_EQ(users(there, ada), 200);
    ASSERT_EQ(users(there, key.at("/data/key")), 200);
    ASSERT_EQ(here.call("POST", account + "/role", R"({"role": "user"})", admin).status, 200);
    ASSERT_EQ(users(there, ada), 403);
    ASSERT_EQ(users(there, key.at("/data/key")), 403);
    const auto grant = here.call("POST", account + "/grants", grant_body("read:user"), admin);
    ASSERT_EQ(grant.status, 201) << grant.body;
    ASSERT_EQ(users(there, ada), 200);
    ASSERT_EQ(here.call("DELETE", account + "/grants/" + grant.at("/data/id"), "", admin).status, 204);
    ASSERT_EQ(users(there, ada), 403);
  }
  ASSERT_EQ(instances[1].call("POST", account + "/role", R"({"role": "admin"})", admin).status, 200);
  ASSERT_EQ(users(instances[1], key.at("/data/key")), 200);
  ASSERT_EQ(instances[0].call("DELETE", "/api/auth/api-keys/" + key.at("/data/id"), "", ada).status, 204);
  const auto refused = instances[1].call("GET", "/api/users", "", key.at("/data/key"));
  EXPECT_EQ(refused.at("/code"), "auth.token_invalid");
}

TEST(Instances, ApplyAtOnceWhatACommandHasChanged) {
  Instances instances({}, 1);
  const std::string token = instances[0].sign_up("ada").at("/data/accessToken");
  ASSERT_EQ(users(instances[0], token), 403);
  Variables variables = server_variables();
  variables["DATABASE_URL"] = instances.database_url();
  const Finished finished = run(ashlar({"user", "role", "ada@example.com", "admin"}, instances.folder(), variables));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(users(instances[0], token), 200);
  const Finished explained =
      run(ashlar({"authz", "explain", "ada@example.com", "read:user"}, instances.folder(), variables));
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr("role admin holds *"));
  EXPECT_EQ(run(ashlar({"authz", "explain", "ada@example.com", "nonsense"}, instances.folder(), variables)).exit_code,
            64);
}

TEST(Instances, ShareRateLimits) {
  const tests::RedisServer redis;
  Instances instances({{"REDIS_URL", redis.url()}, {"REDIS_COMMAND_TIME_MAX", "10s"}, {"RATE_LIMIT_MAX", "20"}});
  ASSERT_TRUE(instances.all_say_of_redis("ok"));
  const tests::NginxServer nginx(instances.ports());
  ApiClient client(nginx.port());
  std::set<std::string> asked;
  for (int left = 19; left >= 0; --left) {
    const auto reply = client.call("GET", "/api/products");
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("RateLimit-Remaining"), std::to_string(left));
    asked.insert(reply.header("X-Upstream"));
  }
  EXPECT_EQ(asked.size(), 2U) << "both have answered";
  for (int i = 0; i < 2; ++i) {
    const auto refused = client.call("GET", "/api/products");
    EXPECT_EQ(refused.status, 429);
    EXPECT_FALSE(refused.header("Retry-After").empty());
  }
}

// The walk through the whole API (api_flow_test.cpp), each request on another instance.
TEST(Instances, BehindNginxAreOneApi) {
  const tests::RedisServer redis;
  Instances instances({{"REDIS_URL", redis.url()}, {"REDIS_COMMAND_TIME_MAX", "10s"}});
  ASSERT_TRUE(instances.all_say_of_redis("ok"));
  const tests::NginxServer nginx(instances.ports());
  const Finished walk = run(
      {.words = {std::filesystem::read_symlink("/proc/self/exe").string(), "--gtest_brief=1", "--gtest_filter=Api.*"},
       .folder = instances.folder().path(),
       .variables = {{"ASHLAR_TEST_TARGET", std::to_string(nginx.port())}}});
  EXPECT_EQ(walk.exit_code, 0) << walk.out;
  EXPECT_THAT(walk.out, HasSubstr("[  PASSED  ]"));
}

struct Slowest {
  int worst_status = 0;
  std::chrono::steady_clock::duration longest{0};
};

// What a client does that needs no Redis.
Slowest use_everything(ApiClient& client, const std::string& token, int round) {
  Slowest out;
  const auto call = [&](const char* method, const std::string& target, const std::string& json = {}) {
    const auto began = std::chrono::steady_clock::now();
    const auto reply = client.call(method, target, json, token);
    out.longest = std::max(out.longest, std::chrono::steady_clock::now() - began);
    out.worst_status = std::max(out.worst_status, reply.status);
    return reply;
  };
  call("GET", "/health");
  call("GET", "/health/ready");
  call("GET", "/api/users/me");
  call("GET", "/api/products");
  call("POST", "/api/posts", R"({"title": "Notes", "content": "On the engine."})");
  call("GET", "/api/auth/sessions");
  const std::string name = "somebody-" + std::to_string(round);
  const auto other = client.sign_up(name);
  out.worst_status = std::max(out.worst_status, other.status);
  const auto began = std::chrono::steady_clock::now();
  out.worst_status =
      std::max(out.worst_status, client.call("POST", "/api/auth/logout", "", other.at("/data/accessToken")).status);
  out.longest = std::max(out.longest, std::chrono::steady_clock::now() - began);
  EXPECT_EQ(me(client, other.at("/data/accessToken")), "auth.token_revoked") << "here at least";
  return out;
}

// Each limit and each announcement waits for REDIS_COMMAND_TIME_MAX at most, and only until the breaker is open.
TEST(Instances, AnswerEverythingWhileRedisIsUnreachable) {
  tests::RedisServer redis;
  tests::FaultProxy network(redis.port());
  Instances instances({{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(network.port())},
                       {"REDIS_COMMAND_TIME_MAX", "100ms"},
                       {"RATE_LIMIT_MAX", "100000"},
                       {"LOOPS", "1"}},
                      1);
  ApiClient& client = instances[0];
  const std::string token = client.sign_up("ada").at("/data/accessToken");
  const std::vector<std::pair<const char*, std::pair<std::function<void()>, std::function<void()>>>> faults = {
      {"killed", {[&] { redis.kill(); }, [&] { redis.start(); }}},
      {"stopped", {[&] { redis.hang(); }, [&] { redis.go_on(); }}},
      {"slow", {[&] { network.delay(500ms); }, [&] { network.delay(0ms); }}},
      {"silent", {[&] { network.swallow(); }, [&] { network.restore(); }}},
  };
  int round = 0;
  for (const auto& [what, fault] : faults) {
    SCOPED_TRACE(what);
    ASSERT_TRUE(instances.all_say_of_redis("ok"));
    fault.first();
    for (int i = 0; i < 5; ++i) {
      const Slowest seen = use_everything(client, token, round++);
      EXPECT_LT(seen.worst_status, 400);
      EXPECT_LT(seen.longest, 1s);
    }
    EXPECT_TRUE(instances.all_say_of_redis("degraded"));
    EXPECT_EQ(client.call("GET", "/health/ready").status, 200);
    EXPECT_THAT(client.call("GET", "/metrics").body, HasSubstr("\nashlar_redis_breakers_open 1\n"));
    fault.second();
    EXPECT_TRUE(instances.all_say_of_redis("ok"));
  }
}

}  // namespace
}  // namespace ashlar::test
