// SPDX-License-Identifier: Apache-2.0
// Masters that are demoted or lost, and Sentinels that name the next one.
#include "ashlar/async/task_scope.hpp"
#include "ashlar/redis/client.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/redis_sentinel.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::redis {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using tests::RedisSentinel;
using tests::RedisServer;
using Words = std::vector<std::string>;

class RedisFailover : public testing::Test {
 protected:
  ~RedisFailover() override {
    scope.cancel();
    async::run_to_end(loop, scope.join());
  }
  Client* open(ClientOptions options) {
    clients.push_back(std::make_unique<Client>(loop, std::move(options)));
    scope.start(clients.back()->run());
    return clients.back().get();
  }
  std::string told(Client& client, Words words) {
    const auto reply = async::run_to_end(loop, client.command(std::move(words)));
    if (!reply) return std::string(reply.error().code().name);
    if (reply->kind == Reply::Kind::integer) return std::to_string(reply->integer);
    return reply->kind == Reply::Kind::array ? reply->items.front().text : reply->text;
  }
  // Asks again until the answer is this.
  bool becomes(Client& client, const Words& words, const std::string& answer) {
    const auto limit = std::chrono::steady_clock::now() + 30s;
    while (told(client, words) != answer) {
      if (std::chrono::steady_clock::now() > limit) return false;
      if (loop.stopped()) loop.restart();
      loop.run_one_for(10ms);
    }
    return true;
  }
  static Words replica_of(const RedisServer& server) {
    return {"REPLICAOF", "127.0.0.1", std::to_string(server.port())};
  }

  asio::io_context loop{1};
  async::TaskScope scope{loop};
  std::vector<std::unique_ptr<Client>> clients;
};

TEST_F(RedisFailover, AMasterThatIsDemotedIsLeftUntilItIsOneAgain) {
  const RedisServer first, second;
  Client* const client = open({.url = first.url(), .command_time_max = 10s});
  Client* const operator_client = open({.url = first.url(), .command_time_max = 10s});
  ASSERT_EQ(told(*client, {"SET", "k", "1"}), "OK");
  ASSERT_EQ(told(*operator_client, replica_of(second)), "OK");
  EXPECT_EQ(told(*client, {"SET", "k", "2"}), "redis.unavailable");
  EXPECT_FALSE(client->is_connected() && client->figures().breaker_open == 0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(told(*client, {"SET", "k", "3"}), "redis.unavailable");

  ASSERT_EQ(told(*operator_client, {"REPLICAOF", "NO", "ONE"}), "OK");
  EXPECT_TRUE(becomes(*client, {"SET", "k", "4"}, "OK"));
}

TEST_F(RedisFailover, AScriptThatWritesFindsOutAsWell) {
  const RedisServer first, second;
  Client* const client = open({.url = first.url(), .command_time_max = 10s});
  Client* const operator_client = open({.url = first.url(), .command_time_max = 10s});
  ASSERT_EQ(told(*client, {"PING"}), "PONG");
  ASSERT_EQ(told(*operator_client, replica_of(second)), "OK");
  EXPECT_EQ(told(*client, {"EVAL", "return redis.call('SET', KEYS[1], 'x')", "1", "k"}), "redis.unavailable");
}

TEST_F(RedisFailover, InvalidSentinelsOrSentinelsWithoutAMasterAreNoConnection) {
  const RedisServer server;
  const std::string nobody = "127.0.0.1:" + std::to_string(tests::free_port());
  const std::string no_sentinel = "127.0.0.1:" + std::to_string(server.port());
  for (const std::string& hosts : {nobody, no_sentinel, nobody + "," + no_sentinel}) {
    Client* const client = open({.url = "redis+sentinel://" + hosts + "/shop", .command_time_max = 10s});
    EXPECT_EQ(told(*client, {"PING"}), "redis.unavailable") << hosts;
  }
}

TEST_F(RedisFailover, SentinelsGetTheirOwnPassword) {
  const RedisServer master, replica;
  ASSERT_EQ(told(*open({.url = replica.url(), .command_time_max = 10s}), replica_of(master)), "OK");
  const RedisSentinel sentinel(master.port(), "hush");
  const std::string url = "redis+sentinel://127.0.0.1:" + std::to_string(sentinel.port()) + "/shop";
  EXPECT_EQ(told(*open({.url = url, .command_time_max = 10s}), {"PING"}), "redis.unavailable");
  EXPECT_EQ(told(*open({.url = url, .sentinel_password = "wrong", .command_time_max = 10s}), {"PING"}),
            "redis.unavailable");
  EXPECT_TRUE(becomes(*open({.url = url, .sentinel_password = "hush", .command_time_max = 10s}), {"PING"}, "PONG"));
  Client* const named =
      open({.url = url, .sentinel_user = "default", .sentinel_password = "hush", .command_time_max = 10s});
  EXPECT_TRUE(becomes(*named, {"PING"}, "PONG"));
}

TEST_F(RedisFailover, SentinelsNameTheNextMaster) {
  RedisServer master;
  const RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  RedisServer hung;
  RedisSentinel sentinel(master.port());
  hung.hang();
  const std::string hosts = "127.0.0.1:" + std::to_string(tests::free_port()) +
                            ",127.0.0.1:" + std::to_string(hung.port()) +
                            ",127.0.0.1:" + std::to_string(sentinel.port());
  Client* const unknown = open({.url = "redis+sentinel://" + hosts + "/another", .command_time_max = 10s});
  EXPECT_EQ(told(*unknown, {"PING"}), "redis.unavailable");

  Client* const client = open({.url = "redis+sentinel://" + hosts + "/shop", .command_time_max = 10s});
  ASSERT_TRUE(becomes(*client, {"SET", "k", "1"}, "OK"));
  ASSERT_EQ(told(*client, {"WAIT", "1", "10000"}), "1") << "the replica has it";
  int heard = 0;
  async::TaskScope subscribing(loop);
  Subscriber subscriber(loop, {.url = "redis+sentinel://" + hosts + "/shop"}, {"news"},
                        {.on_message = [&heard](std::string_view, std::string_view) { ++heard; }, .on_subscribed = {}});
  subscribing.start(subscriber.run());

  master.kill();
  EXPECT_EQ(told(*client, {"GET", "k"}), "redis.unavailable");
  sentinel.wait_for_failover();
  EXPECT_TRUE(becomes(*client, {"ROLE"}, "master"));
  EXPECT_EQ(told(*client, {"GET", "k"}), "1");
  EXPECT_EQ(told(*client, {"SET", "k", "2"}), "OK");
  const auto limit = std::chrono::steady_clock::now() + 30s;
  while (heard == 0 && std::chrono::steady_clock::now() < limit) (void)told(*client, {"PUBLISH", "news", "x"});
  EXPECT_GT(heard, 0) << "the subscriber follows, too";
  subscribing.cancel();
  async::run_to_end(loop, subscribing.join());
}

}  // namespace
}  // namespace ashlar::redis
