// SPDX-License-Identifier: Apache-2.0
// The code of docs/guide/redis.md.
#include "ashlar/async/task_scope.hpp"
#include "ashlar/redis/clients.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>

namespace shop {
namespace {

using namespace ashlar;
using namespace std::chrono_literals;

Task<Result<std::int64_t>> count_visit(std::string page, redis::Client& client) {
  const redis::Reply reply = co_await unwrap(client.command({"INCR", "visits:" + page}));
  co_return reply.integer;
}

TEST(RedisGuide, CountsAVisit) {
  const tests::RedisServer server;
  boost::asio::io_context loop(1);
  const std::string url = server.url();

  redis::Client client(loop, {.url = url, .command_time_max = 10s});
  async::TaskScope scope(loop);
  scope.start(client.run());
  EXPECT_EQ(async::run_to_end(loop, count_visit("home", client)), 1);

  scope.cancel();
  async::run_to_end(loop, scope.join());
}

void forget_prices(std::string_view, std::string_view) {}

Task<bool> knows(redis::Clients& clients, std::string key) {
  const auto reply = co_await clients.command({"EXISTS", key});
  co_return reply && reply->integer == 1;
}

TEST(RedisGuide, HasAClientForEachLoop) {
  const tests::RedisServer server;
  boost::asio::io_context loop(1);
  const std::string url = server.url();

  redis::Clients clients({.url = url, .command_time_max = 10s});
  clients.subscribe("prices", {.on_message = forget_prices, .on_subscribed = {}});
  clients.start({&loop});  // before its thread
  EXPECT_FALSE(async::run_to_end(loop, knows(clients, "price")));
  clients.close();  // after its thread
}

}  // namespace
}  // namespace shop
