// SPDX-License-Identifier: Apache-2.0
// A request that takes too long: its work is given up, and it is 504.
#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/raw_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <vector>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;
using testing::AllOf;
using testing::HasSubstr;

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)

constexpr ErrorCode thing_unavailable{ErrorKind::unavailable, "thing.unavailable"};

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                boost::asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

struct Work {
  std::atomic<int> cancelled = 0;
  std::vector<Timer*> gates;  // of what waits for something to be late; on the loop
  std::counting_semaphore<> at_gate{0};
};

Task<> wait_forever() {
  Timer timer(co_await boost::asio::this_coro::executor, Timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
}
Task<> wait_to_be_cancelled(Work& work) {
  try {
    co_await wait_forever();
  } catch (const boost::system::system_error&) {
    ++work.cancelled;
  }
}

Task<Result<Thing>> never_done(api::Call&, Work& work) {
  try {
    co_await wait_forever();
  } catch (const boost::system::system_error&) {
    ++work.cancelled;
    for (Timer* gate : work.gates) gate->cancel();
    throw;
  }
  co_return Thing{"late"};
}
Task<Result<Thing>> says_why_it_ended(api::Call&, Work& work) {
  co_await wait_to_be_cancelled(work);
  co_return fail(thing_unavailable, "The thing is unavailable.");
}
Task<Result<Thing>> done_in_spite_of_it(api::Call&, Work& work) {
  co_await wait_to_be_cancelled(work);
  co_return Thing{"just in time"};
}
Task<Result<Thing>> done_when_another_is_late(api::Call&, Work& work) {
  Timer timer(co_await boost::asio::this_coro::executor, Timer::time_point::max());
  work.gates.push_back(&timer);
  work.at_gate.release();
  (void)co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable_t<LoopExecutor>{}));
  co_return Thing{"done"};
}

// As something would be that answers only after a minute.
Task<Result<Thing>> done_after_a_minute(api::Call&, ManualClock& clock) {
  clock.advance(1min);
  for (int i = 0; i < 3; ++i) co_await boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>{});
  co_return Thing{"done"};
}

Result<Thing> get_thing(api::Call&) { return Thing{"lamp"}; }

class StoreThatIsAway final : public api::RateLimitStore {
 public:
  std::optional<api::RateLimitDecision> try_take(const api::RateLimitKey&, const api::RateLimit&,
                                                 Clock::Steady) override {
    return std::nullopt;
  }
  Task<api::RateLimitDecision> take_later(api::RateLimitKey, const api::RateLimit&, Clock::Steady) override {
    co_await wait_forever();
    co_return api::RateLimitDecision{};
  }
  Task<> give_back(api::RateLimitKey, const api::RateLimit&, Clock::Steady) override { co_return; }
};

// The App behind a server whose sweeps come every few milliseconds.
struct Served {
  template <class Mount>
  explicit Served(Mount mount, AppOptions options = {})
      : app(mount, std::move(options)),
        server({.host = "127.0.0.1", .port = 0, .loops = 1, .limits = {.write_time_max = 40ms}}, app.app()) {
    server.start();
  }
  TestApp app;
  http::Server server;
};

TEST(TimeMax, AnOperationThatIsTooSlowIsCancelledAndIs504) {
  Work work;
  Served served([&](Routes& routes) {
    routes.get("/slow", never_done, work).open().time_max(20ms);
    routes.get("/slow/and/says-why", says_why_it_ended, work).open().time_max(20ms);
  });
  test::RawClient client(served.server.port());
  for (const auto* path : {"/slow", "/slow/and/says-why"}) {
    const auto reply = client.request("GET", path);
    EXPECT_EQ(reply.status, 504) << path;
    EXPECT_THAT(reply.body, AllOf(HasSubstr("\"code\":\"server.deadline_exceeded\""), HasSubstr("requestId"))) << path;
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff") << path;
  }
  EXPECT_EQ(work.cancelled, 2);
  EXPECT_THAT(served.app.log_lines(), HasSubstr("the deadline of 20 ms has passed"));
}

TEST(TimeMax, AValueThatCameInSpiteOfItIsSent) {
  Work work;
  Served served([&](Routes& routes) { routes.get("/nearly", done_in_spite_of_it, work).open(); },
                {.request_time_max = 20ms});
  test::RawClient client(served.server.port());
  EXPECT_THAT(client.request("GET", "/nearly").body, HasSubstr("just in time"));
  EXPECT_EQ(client.request("GET", "/nothing").status, 404) << "the connection stays open";
}

TEST(TimeMax, ALineCanHaveMoreOrNone) {
  Work work;
  Served served(
      [&](Routes& routes) {
        routes.get("/more", done_when_another_is_late, work).open().time_max(10s);
        routes.get("/none", done_when_another_is_late, work).open().time_max(0ms);
        routes.get("/as-the-app", never_done, work).open();
      },
      {.request_time_max = 20ms});
  test::RawClient more(served.server.port()), none(served.server.port());
  more.send("GET /more HTTP/1.1\r\nHost: a\r\n\r\n");
  none.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(work.at_gate.try_acquire_for(10s));
  EXPECT_EQ(test::RawClient(served.server.port()).request("GET", "/as-the-app").status, 504);
  EXPECT_EQ(more.read_response().status, 200);
  EXPECT_EQ(none.read_response().status, 200);
}

TEST(TimeMax, CoversAStoreOfCountsThatDoesNotAnswer) {
  StoreThatIsAway store;
  AppOptions options{.request_time_max = 20ms, .rate_limit_max = 5};
  options.rate_limit_store = &store;
  Served served([](Routes& routes) { routes.get("/things", get_thing).open(); }, options);
  EXPECT_EQ(test::RawClient(served.server.port()).request("GET", "/things").status, 504);
}

TEST(TimeMax, IsHeldByATestClientByItsClock) {
  Work work;
  ManualClock clock{Timestamp::from_milliseconds(0)};
  TestApp app([&](Routes& routes) {
    routes.get("/minute", done_after_a_minute, clock).open();
    routes.get("/minute/may-take-two", done_after_a_minute, clock).open().time_max(2min);
    routes.get("/minute/may-take-any", done_after_a_minute, clock).open().time_max(0ms);
    routes.get("/never", never_done, work).open().time_max(20ms);
  });
  EXPECT_EQ(app->get("/minute").status, 200) << "in real time it was no minute";
  EXPECT_EQ(app->get("/never").status, 504);
  EXPECT_EQ(work.cancelled, 1);
  app->use_clock(clock);
  const auto late = app->get("/minute");
  EXPECT_EQ(late.status, 504);
  EXPECT_EQ(late.at("/code"), "server.deadline_exceeded");
  EXPECT_EQ(app->get("/minute/may-take-two").status, 200);
  EXPECT_EQ(app->get("/minute/may-take-any").status, 200);
}

TEST(TimeMax, ANegativeOneIsRefusedAtStart) {
  EXPECT_THROW(TestApp([](Routes& routes) { routes.get("/things", get_thing).open().time_max(-1ms); }),
               std::logic_error);
}

}  // namespace
}  // namespace ashlar::web
