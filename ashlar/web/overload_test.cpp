// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/overload.hpp"

#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/raw_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using testing::HasSubstr;
using testing::Not;

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)
Result<Thing> get_thing(api::Call&) { return Thing{"lamp"}; }

void mount(Routes& routes) {
  routes.get("/things", get_thing).open();
  routes.get("/mine", get_thing).signed_in();
  routes.get("/health", get_thing).open().essential();
  routes.get("/health/live", get_thing).open().essential();
  mount_metrics(routes);
}

// An App whose queue is as long as the test says.
struct Queued {
  std::atomic<std::size_t> waiting = 0;
  std::atomic<int> looks = 0;
  TestApp app{mount, options()};

  AppOptions options() {
    AppOptions out;
    out.overload.retry_after = 3s;
    out.overload.queues.push_back(
        {.name = "database", .waiting = [this] { return ++looks, waiting.load(); }, .waiting_max = 10});
    return out;
  }
};

TEST(Overload, ALongQueueRefusesNewRequestsAtOnceAndHealthStillAnswers) {
  Queued queued;
  TestApp& app = queued.app;
  queued.waiting = 10;
  EXPECT_EQ(app->get("/things").status, 200) << "the bound itself is not past it";
  queued.waiting = 11;
  app.clock.advance(10ms);
  const auto refused = app->get("/things");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.at("/code"), "server.overloaded");
  EXPECT_EQ(refused.header("Retry-After"), "3");
  EXPECT_EQ(refused.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(app->get("/mine").status, 503) << "before any token is verified";
  EXPECT_EQ(app->get("/nothing").status, 404);
  for (const auto* path : {"/health", "/health/live", "/metrics"}) EXPECT_EQ(app->get(path).status, 200) << path;
  EXPECT_THAT(app->get("/metrics").body, HasSubstr("\nhttp_requests_refused_overload_total 2\n"));
  EXPECT_THAT(app->get("/metrics").body, HasSubstr("\nashlar_queue_waiting{queue=\"database\"} 11\n"));
  queued.waiting = 0;
  app.clock.advance(10ms);
  EXPECT_EQ(app->get("/things").status, 200);
}

TEST(Overload, AQueueIsAskedOnceInItsInterval) {
  Queued queued;
  for (int i = 0; i < 20; ++i) queued.app->get("/things");
  EXPECT_EQ(queued.looks, 1);
  queued.app.clock.advance(10ms);
  for (int i = 0; i < 20; ++i) queued.app->get("/things");
  EXPECT_EQ(queued.looks, 2);
}

TEST(Overload, TheLogSaysSoOnceInAWhile) {
  Queued queued;
  queued.waiting = 11;
  for (int i = 0; i < 5; ++i) queued.app->get("/things");
  const std::string lines = queued.app.log_lines();
  const auto first = lines.find("overloaded: new requests are refused");
  ASSERT_NE(first, lines.npos);
  EXPECT_EQ(lines.find("overloaded: new", first + 1), lines.npos);
  EXPECT_THAT(lines, HasSubstr("\"because\":\"database\""));
  EXPECT_THAT(lines, Not(HasSubstr("request failed")));
}

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;
struct Gate {
  std::promise<LoopExecutor> entered;
  Timer* timer = nullptr;
};
Task<Result<Thing>> wait_at(api::Call&, Gate& gate) {
  const LoopExecutor loop = co_await boost::asio::this_coro::executor;
  Timer timer(loop, Timer::time_point::max());
  gate.timer = &timer;
  gate.entered.set_value(loop);
  (void)co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable_t<LoopExecutor>{}));
  co_return Thing{"through"};
}

struct Search {
  std::optional<Text<1, 20>> search;
};
ASHLAR_DESCRIBE(Search, search)
bool is_heavy(const Search& in) { return in.search.has_value(); }
Task<Result<Thing>> search(api::Call& call, Search in, Gate& gate) {
  if (!in.search) co_return Thing{"quick"};
  co_return co_await wait_at(call, gate);
}

TEST(Overload, HeavyCallsHaveALaneOfTheirOwn) {
  Gate gate;
  AppOptions options;
  options.overload.heavy_in_flight_max = 1;
  TestApp app(
      [&](Routes& routes) {
        mount(routes);
        routes.get("/search", search, gate).open().heavy(is_heavy);
      },
      options);
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 2}, app.app());
  server.start();
  test::RawClient first(server.port()), second(server.port());
  first.send("GET /search?search=lamp HTTP/1.1\r\nHost: a\r\n\r\n");
  const LoopExecutor loop = gate.entered.get_future().get();
  for (int i = 0; i < 2; ++i) {
    const auto refused = second.request("GET", "/search?search=chair");
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("server.overloaded"));
    EXPECT_EQ(refused.header("Retry-After"), "1");
  }
  EXPECT_EQ(second.request("GET", "/search").status, 200) << "without a search it is like any other read";
  EXPECT_EQ(second.request("GET", "/things").status, 200);
  EXPECT_THAT(second.request("GET", "/metrics").body, HasSubstr("\nashlar_heavy_calls_refused_total 2\n"));
  boost::asio::post(loop, [&] { gate.timer->cancel(); });
  EXPECT_THAT(first.read_response().body, HasSubstr("through"));
  EXPECT_THAT(second.request("GET", "/metrics").body, HasSubstr("\nashlar_heavy_calls_in_flight 0\n"));
}

TEST(Overload, MoreRequestsInFlightThanTheBoundAreRefused) {
  Gate gate;
  AppOptions options;
  options.overload.requests_in_flight_max = 1;
  TestApp app(
      [&](Routes& routes) {
        mount(routes);
        routes.get("/gate", wait_at, gate).open();
      },
      options);
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 2}, app.app());
  server.start();
  test::RawClient first(server.port()), second(server.port());
  EXPECT_EQ(second.request("GET", "/things").status, 200) << "one alone";
  first.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
  const LoopExecutor loop = gate.entered.get_future().get();
  const auto refused = second.request("GET", "/things");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(second.request("GET", "/health/live").status, 200);
  boost::asio::post(loop, [&] { gate.timer->cancel(); });
  EXPECT_THAT(first.read_response().body, HasSubstr("through"));
  EXPECT_EQ(second.request("GET", "/things").status, 200);
}

}  // namespace
}  // namespace ashlar::web
