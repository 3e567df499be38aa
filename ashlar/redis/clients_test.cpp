// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/clients.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::redis {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using tests::RedisServer;
using Words = std::vector<std::string>;

Task<> tell(Clients& clients, Words words, std::promise<Result<Reply>>& told) {
  told.set_value(co_await clients.command(std::move(words)));
}

// Two loops with a thread each, as a server has them.
class ClientsTest : public testing::Test {
 public:
  ~ClientsTest() override {
    for (auto* loop : {&first, &second}) loop->stop();
    for (auto& thread : threads) thread.join();
    clients.close();
  }

 protected:
  void start() {
    clients.start({&first, &second});
    for (auto* loop : {&first, &second}) {
      threads.emplace_back([loop] {
        const auto work = asio::make_work_guard(*loop);
        loop->run();
      });
    }
  }
  Result<Reply> command_on(asio::io_context& loop, Words words) {
    std::promise<Result<Reply>> told;
    asio::co_spawn(loop, tell(clients, std::move(words), told), asio::detached);
    return told.get_future().get();
  }
  std::string code_on(asio::io_context& loop, Words words) {
    const auto reply = command_on(loop, std::move(words));
    return reply ? reply->text : std::string(reply.error().code().name);
  }

  RedisServer server;
  tests::FaultProxy proxy{server.port()};
  Clients clients{{.url = "redis://127.0.0.1:" + std::to_string(proxy.port()), .command_time_max = 200ms}};
  asio::io_context first{1}, second{1};
  std::vector<std::thread> threads;
};

TEST(Clients, RefuseAnInvalidUrl) { EXPECT_THROW(Clients({.url = "localhost"}), std::invalid_argument); }

TEST_F(ClientsTest, EachLoopHasItsOwnAndAnotherNone) {
  start();
  EXPECT_EQ(code_on(first, {"SET", "k", "v"}), "OK");
  EXPECT_EQ(code_on(second, {"GET", "k"}), "v");
  EXPECT_EQ(clients.figures().connected, 2U);
  asio::io_context other(1);
  const auto reply = async::run_to_end(other, clients.command({"PING"}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), errors::unavailable);
}

TEST_F(ClientsTest, OneSubscriberReceivesForAll) {
  std::promise<void> subscribed;
  std::promise<std::string> heard;
  clients.subscribe("quiet", {.on_message = [](std::string_view, std::string_view) { FAIL(); }, .on_subscribed = {}});
  clients.subscribe(
      "news", {.on_message = [&](std::string_view, std::string_view message) { heard.set_value(std::string(message)); },
               .on_subscribed = [&] { subscribed.set_value(); }});
  start();
  subscribed.get_future().get();
  EXPECT_EQ(command_on(second, {"PUBLISH", "news", "rain"})->integer, 1);
  EXPECT_EQ(heard.get_future().get(), "rain");
}

TEST_F(ClientsTest, ReportThatMessagesAreNoLongerReceived) {
  const auto subscribed = std::make_shared<std::atomic<int>>(0);  // the handlers are called until close()
  const auto lost = std::make_shared<std::atomic<int>>(0);
  clients.subscribe("news", {.on_message = [](std::string_view, std::string_view) {},
                             .on_subscribed = [subscribed] { subscribed->fetch_add(1), subscribed->notify_all(); },
                             .on_lost = [lost] { lost->fetch_add(1), lost->notify_all(); }});
  start();
  subscribed->wait(0);
  server.hang();
  lost->wait(0);
  server.go_on();
  subscribed->wait(1);
  EXPECT_EQ(*lost, 1);
}

TEST_F(ClientsTest, FiguresCountTheOutcomesOfCommands) {
  start();
  EXPECT_EQ(code_on(first, {"PING"}), "PONG");
  EXPECT_EQ(code_on(first, {"NOSUCH"}), "redis.refused");
  while (clients.figures().connected < 2) std::this_thread::yield();
  server.kill();
  while (clients.figures().breaker_open < 2) std::this_thread::yield();
  EXPECT_EQ(code_on(first, {"PING"}), "redis.unavailable");
  const ClientFigures figures = clients.figures();
  EXPECT_EQ(figures.commands, 3U);
  EXPECT_EQ(figures.refused, 1U);
  EXPECT_EQ(figures.unavailable, 1U);
  EXPECT_EQ(figures.connected, 0U);
  EXPECT_EQ(figures.connections_lost, 2U);
  EXPECT_GT(figures.waited, 0ns);
}

// It connects, but answers too late for every caller: the breaker stays open, and no caller waits for it repeatedly.
TEST_F(ClientsTest, ASlowServerStaysAwayUntilItIsQuickAgain) {
  start();
  EXPECT_EQ(code_on(first, {"PING"}), "PONG");
  proxy.delay(120ms);  // there, and back again
  int timeouts = 0;
  while (code_on(first, {"PING"}) == "redis.timed_out") ++timeouts;
  EXPECT_EQ(timeouts, 1);
  const auto until = std::chrono::steady_clock::now() + 700ms;  // some attempts to connect
  while (std::chrono::steady_clock::now() < until) EXPECT_EQ(code_on(first, {"PING"}), "redis.unavailable");
  proxy.delay(0ms);
  while (code_on(first, {"PING"}) != "PONG") std::this_thread::yield();
}

}  // namespace
}  // namespace ashlar::redis
