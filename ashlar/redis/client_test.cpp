// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/client.hpp"

#include "ashlar/async/task_scope.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/test_certificate.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::redis {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using tests::RedisServer;
using Words = std::vector<std::string>;

// A client that runs on a loop of the test's; written as if everything blocked.
class RedisTest : public testing::Test {
 protected:
  ~RedisTest() override {
    scope.cancel();
    async::run_to_end(loop, scope.join());
  }
  Client& open(ClientOptions options) {
    client = std::make_unique<Client>(loop, std::move(options));
    scope.start(client->run());
    return *client;
  }
  Result<Reply> run(Words words) { return async::run_to_end(loop, client->command(std::move(words))); }
  std::string told(Words words) { return text_of(run(std::move(words))); }
  static std::string text_of(const Result<Reply>& reply) {
    if (!reply) return std::string(reply.error().code().name);
    return reply->kind == Reply::Kind::integer ? std::to_string(reply->integer) : reply->text;
  }
  // Runs the loop until it is so.
  bool becomes(const std::function<bool()>& so) {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (!so()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      if (loop.stopped()) loop.restart();
      loop.run_one_for(10ms);
    }
    return true;
  }
  bool connects() {
    return becomes([this] { return client->is_connected(); });
  }

  asio::io_context loop{1};
  async::TaskScope scope{loop};
  std::unique_ptr<Client> client;
};

TEST(RedisUrl, RefusesMalformedInput) {
  for (const std::string_view url : {"",
                                     "localhost",
                                     "http://localhost",
                                     "redis://",
                                     "redis://:6379",
                                     "redis://host:0",
                                     "redis://host:70000",
                                     "redis://host:12x",
                                     "redis://host/x",
                                     "redis://host/-1",
                                     "redis://user@host",
                                     "redis://:a%zz@host",
                                     "redis://:a%2@host",
                                     "redis://[::1",
                                     "redis://[::1]x",
                                     "redis://a,b",
                                     "redis+sentinel://host",
                                     "redis+sentinel://host/",
                                     "redis+sentinel:///shop",
                                     "redis+sentinel://a,/shop",
                                     "redis+sentinel://a:0/shop",
                                     "redis+sentinel://a/shop/x",
                                     "redis+sentinel://user@a/shop",
                                     "sentinel://a/shop"}) {
    const auto checked = check_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code(), errors::invalid_url) << url;
  }
  EXPECT_EQ(check_url("redis://:secret@host:x").error().message().find("secret"), std::string::npos);
}

TEST(RedisUrl, TakesWhatIsOne) {
  for (const std::string_view url :
       {"redis://localhost", "rediss://host:6380/3", "redis://u:p%40%3a@[::1]:1/", "redis://:secret@10.0.0.1",
        "redis+sentinel://a/shop", "rediss+sentinel://u:p@a:1,[::1]:2,c/shop/3"})
    EXPECT_TRUE(check_url(url)) << url;
}

TEST_F(RedisTest, AnUnreachableServerIsReportedWithinTheTime) {
  std::string url;
  {
    const RedisServer gone;
    url = gone.url();
  }
  open({.url = url, .command_time_max = 20s});  // were it waited for, the test would be over
  EXPECT_EQ(told({"PING"}), "redis.unavailable");
  EXPECT_EQ(told({"PING"}), "redis.unavailable");
}

TEST_F(RedisTest, WhatTheServerRefusesIsAnErrorWithItsWords) {
  const RedisServer server;
  open({.url = server.url(), .command_time_max = 10s, .command_bytes_max = 1000});
  const auto reply = run({"NOSUCH"});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code(), errors::refused);
  EXPECT_NE(reply.error().cause().find("NOSUCH"), std::string::npos);
  EXPECT_EQ(told({"SET", "k", std::string(1001, 'x')}), "redis.refused");
  EXPECT_EQ(told({}), "redis.refused");
  EXPECT_EQ(told({"PING"}), "PONG");
}

TEST_F(RedisTest, AWrongPasswordIsNoConnection) {
  const RedisServer server({"--requirepass", "right"});
  open({.url = "redis://:wrong@127.0.0.1:" + std::to_string(server.port()), .command_time_max = 10s});
  EXPECT_EQ(told({"PING"}), "redis.unavailable");
}

TEST_F(RedisTest, KeepsBytesAsTheyAreAndSelectsTheDatabase) {
  const RedisServer server({"--requirepass", "p@:"});
  const std::string at = "@127.0.0.1:" + std::to_string(server.port());
  open({.url = "redis://:p%40%3A" + at + "/3", .command_time_max = 10s});
  const std::string bytes("a\0b\r\n\xff*3", 8);
  EXPECT_EQ(told({"SET", "k", bytes}), "OK");
  EXPECT_EQ(told({"GET", "k"}), bytes);
  EXPECT_TRUE(run({"GET", "none"})->is_nil());
  EXPECT_EQ(told({"INCRBY", "n", "41"}), "41");
  const auto all = run({"MGET", "k", "none"});
  ASSERT_EQ(all->items.size(), 2U);
  EXPECT_TRUE(all->items[1].is_nil());
  open({.url = "redis://default:p%40%3A" + at + "/0", .command_time_max = 10s});
  EXPECT_TRUE(run({"GET", "k"})->is_nil());
}

Task<> note(Client& client, Words words, std::vector<std::string>& told) {
  const auto reply = co_await client.command(std::move(words));
  told.push_back(reply ? reply->text : std::string(reply.error().code().name));
}

TEST_F(RedisTest, CommandsOfOneTurnAreAnsweredInTheirOrder) {
  const RedisServer server;
  open({.url = server.url(), .command_time_max = 10s});
  std::vector<std::string> got;
  async::TaskScope many(loop);
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    expected.push_back("word " + std::to_string(i));
    many.start(note(*client, {"ECHO", expected.back()}, got));
  }
  async::run_to_end(loop, many.join());
  EXPECT_EQ(got, expected);
}

TEST_F(RedisTest, ACancelledCallerDoesNotTakeAnothersAnswer) {
  const RedisServer server;
  open({.url = server.url(), .command_time_max = 10s});
  EXPECT_EQ(told({"PING"}), "PONG");
  std::vector<std::string> got;
  async::TaskScope leaving(loop);
  leaving.start(note(*client, {"ECHO", "left"}, got));
  loop.poll_one();
  loop.poll_one();
  leaving.cancel();
  EXPECT_EQ(told({"ECHO", "stayed"}), "stayed");
  async::run_to_end(loop, leaving.join());
}

TEST_F(RedisTest, TooManyAtOnceAreRefused) {
  const RedisServer server;
  open({.url = server.url(), .command_time_max = 10s, .in_flight_max = 10});
  std::vector<std::string> got;
  async::TaskScope many(loop);
  for (int i = 0; i < 12; ++i) many.start(note(*client, {"ECHO", "x"}, got));
  async::run_to_end(loop, many.join());
  EXPECT_EQ(std::ranges::count(got, "redis.unavailable"), 2);
  EXPECT_EQ(std::ranges::count(got, "x"), 10);
}

TEST_F(RedisTest, AReplyThatIsTooLargeEndsTheConnectionOnly) {
  const RedisServer server;
  open({.url = server.url(), .command_time_max = 10s, .reply_bytes_max = 100'000});
  EXPECT_EQ(told({"SETRANGE", "k", "300000", "x"}), "300001");
  EXPECT_EQ(told({"GET", "k"}), "redis.unavailable");
  EXPECT_TRUE(connects());
  EXPECT_EQ(told({"PING"}), "PONG");
}

TEST_F(RedisTest, ComesBackWhenTheServerWasKilled) {
  RedisServer server;
  open({.url = server.url(), .command_time_max = 10s});
  EXPECT_EQ(told({"SET", "k", "v"}), "OK");
  server.kill();
  EXPECT_EQ(told({"GET", "k"}), "redis.unavailable");
  EXPECT_EQ(told({"GET", "k"}), "redis.unavailable");
  server.start();
  EXPECT_TRUE(connects());
  EXPECT_EQ(told({"PING"}), "PONG");
}

TEST_F(RedisTest, WaitingCallersFailWhenTheClientIsStopped) {
  RedisServer server;
  open({.url = server.url(), .command_time_max = 20s});
  ASSERT_TRUE(connects());
  server.hang();
  std::vector<std::string> got;
  async::TaskScope waiting(loop);
  waiting.start(note(*client, {"ECHO", "x"}, got));
  loop.poll();
  scope.cancel();
  async::run_to_end(loop, waiting.join());
  EXPECT_EQ(got, Words{"redis.unavailable"});
  EXPECT_EQ(told({"PING"}), "redis.unavailable");
}

// The first callers wait no longer than they must; then the breaker is open, and no caller waits.
TEST_F(RedisTest, AServerThatHangsCostsItsTimeAndThenNothing) {
  RedisServer server;
  open({.url = server.url(), .command_time_max = 20ms, .connect_time_max = 10s, .timeouts_max = 3});
  ASSERT_TRUE(connects());
  server.hang();
  int timeouts = 0;
  std::string last;
  for (int i = 0; i < 100 && last != "redis.unavailable"; ++i) {
    last = told({"PING"});
    timeouts += last == "redis.timed_out" ? 1 : 0;
  }
  EXPECT_EQ(last, "redis.unavailable");
  EXPECT_EQ(timeouts, 3);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(told({"PING"}), "redis.unavailable");
  server.go_on();
  EXPECT_TRUE(connects());
}

TEST_F(RedisTest, AServerThatHangsCostsItsTimeOnceUnlessSaidOtherwise) {
  RedisServer server;
  open({.url = server.url(), .command_time_max = 20ms, .connect_time_max = 10s});
  ASSERT_TRUE(connects());
  server.hang();
  EXPECT_EQ(told({"PING"}), "redis.timed_out");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(told({"PING"}), "redis.unavailable");
  server.go_on();
  EXPECT_TRUE(connects());
}

TEST_F(RedisTest, AServerThatHangsFromTheStartCostsItsTimeOnce) {
  RedisServer server;
  server.hang();
  open({.url = server.url(), .command_time_max = 20ms, .connect_time_max = 10s});
  EXPECT_EQ(told({"PING"}), "redis.timed_out");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(told({"PING"}), "redis.unavailable");
  server.go_on();
}

TEST_F(RedisTest, ASilentConnectionIsAskedAndGivenUp) {
  RedisServer server;
  open({.url = server.url(), .connect_time_max = 10s, .ping_interval = 20ms});
  ASSERT_TRUE(connects());
  server.hang();
  EXPECT_TRUE(becomes([this] { return !client->is_connected(); }));
  server.go_on();
  EXPECT_TRUE(connects());
}

TEST_F(RedisTest, SpeaksTlsToWhomItKnows) {
  const test::TestCertificate certificate;
  const RedisServer server({"--tls-cert-file", certificate.certificate_file(), "--tls-key-file", certificate.key_file(),
                            "--tls-ca-cert-file", certificate.certificate_file(), "--tls-auth-clients", "no", "--bind",
                            "127.0.0.1", "127.0.0.2"});
  const std::string at = "localhost:" + std::to_string(server.port());
  open({.url = "rediss://" + at, .command_time_max = 10s});
  EXPECT_EQ(told({"PING"}), "redis.unavailable");  // unknown authority
  open({.url = "rediss://127.0.0.2:" + std::to_string(server.port()),
        .ca_file = certificate.certificate_file(),
        .command_time_max = 10s});
  EXPECT_EQ(told({"PING"}), "redis.unavailable");  // it is another's name
  open({.url = "rediss://" + at, .ca_file = certificate.certificate_file(), .command_time_max = 10s});
  EXPECT_EQ(told({"ECHO", std::string(100'000, 'x')}), std::string(100'000, 'x'));
}

TEST_F(RedisTest, ASubscriberReceivesAndSubscribesAgain) {
  RedisServer server;
  open({.url = server.url(), .command_time_max = 10s});
  std::vector<std::string> heard;
  int subscribed = 0;
  Subscriber subscriber(loop, {.url = server.url()}, {"news", "weather"},
                        {.on_message =
                             [&heard](std::string_view channel, std::string_view message) {
                               heard.push_back(std::string(channel) + ": " + std::string(message));
                             },
                         .on_subscribed = [&subscribed] { ++subscribed; }});
  scope.start(subscriber.run());
  ASSERT_TRUE(becomes([&subscribed] { return subscribed == 1; }));
  EXPECT_EQ(told({"PUBLISH", "weather", "rain"}), "1");
  ASSERT_TRUE(becomes([&heard] { return heard.size() == 1; }));
  server.kill();
  server.start();
  ASSERT_TRUE(becomes([&subscribed] { return subscribed == 2; }));
  ASSERT_TRUE(connects());
  EXPECT_EQ(told({"PUBLISH", "news", "again"}), "1");
  ASSERT_TRUE(becomes([&heard] { return heard.size() == 2; }));
  EXPECT_EQ(heard, (std::vector<std::string>{"weather: rain", "news: again"}));
}

}  // namespace
}  // namespace ashlar::redis
