// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/script.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>

namespace ashlar::redis {
namespace {

using namespace std::chrono_literals;

TEST(Script, RunsOnAServerThatDoesNotKnowItYet) {
  const tests::RedisServer server;
  boost::asio::io_context loop(1);
  Clients clients({.url = server.url(), .command_time_max = 10s});
  clients.start({&loop});
  const auto run = [&](const Script& script, std::vector<std::string> keys, std::vector<std::string> arguments) {
    return async::run_to_end(loop, script.run(clients, std::move(keys), std::move(arguments)));
  };
  const Script add("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  for (int i = 1; i <= 2; ++i) {
    const auto reply = run(add, {"sum"}, {"5"});
    ASSERT_TRUE(reply) << reply.error().cause();
    EXPECT_EQ(reply->integer, 5 * i);
  }
  EXPECT_TRUE(async::run_to_end(loop, clients.command({"SCRIPT", "FLUSH"})));
  EXPECT_EQ(run(add, {"sum"}, {"5"})->integer, 15);
  const auto refused = run(Script("return nonsense("), {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errors::refused);
  clients.close();
}

}  // namespace
}  // namespace ashlar::redis
