// SPDX-License-Identifier: Apache-2.0
// Who has to hear of a change hears of it before it is answered.
#include "ashlar/http/server.hpp"
#include "ashlar/web/detail/test_app.hpp"
#include "tests/support/raw_client.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

namespace ashlar::web {
namespace {

using namespace std::chrono_literals;
using detail::TestApp;

struct Thing {
  std::string name;
};
ASHLAR_DESCRIBE(Thing, name)

// Hears as something far away would: later.
struct Listener {
  std::atomic<int> heard = 0;
  std::counting_semaphore<> one_heard{0};

  Task<> hear() {
    for (int i = 0; i < 3; ++i) co_await boost::asio::post(boost::asio::use_awaitable_t<LoopExecutor>{});
    ++heard;
    one_heard.release();
  }
  AppOptions options() {
    AppOptions out;
    out.after_change = [this](const Context&) { return hear(); };
    return out;
  }
};

Result<Thing> make_thing(Context&, Thing in) { return in; }
Result<Thing> get_thing(Context&) { return Thing{"lamp"}; }

Task<Result<Thing>> never_made(Context&, std::counting_semaphore<>& begun) {
  using Steady = std::chrono::steady_clock;
  boost::asio::basic_waitable_timer<Steady, boost::asio::wait_traits<Steady>, LoopExecutor> timer(
      co_await boost::asio::this_coro::executor, Steady::time_point::max());
  begun.release();
  co_await timer.async_wait(boost::asio::use_awaitable_t<LoopExecutor>{});
  co_return Thing{"never"};
}

TEST(AfterChange, IsAwaitedBeforeTheAnswer) {
  Listener listener;
  TestApp app(
      [](Routes& routes) {
        routes.get("/things", get_thing).open();
        routes.post("/things", make_thing).open();
        routes.post("/secrets", make_thing).signed_in();
      },
      listener.options());
  EXPECT_EQ(app->post("/things", R"({"name": "lamp"})").status, 200);
  EXPECT_EQ(listener.heard, 1);
  EXPECT_EQ(app->post("/things", R"({"name": 1})").status, 422);
  EXPECT_EQ(listener.heard, 2) << "whatever came of it";
  EXPECT_EQ(app->post("/secrets", R"({"name": "lamp"})").status, 401);
  EXPECT_EQ(listener.heard, 3);
  EXPECT_EQ(app->get("/things").status, 200);
  EXPECT_EQ(app->post("/nothing", "{}").status, 404);
  EXPECT_EQ(listener.heard, 3) << "nothing that changes anything";
}

TEST(AfterChange, HearsOfWhatWasLate) {
  Listener listener;
  std::counting_semaphore<> begun(0);
  TestApp app([&](Routes& routes) { routes.post("/slow", never_made, begun).open().time_max(20ms); },
              listener.options());
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1, .limits = {.write_time_max = 40ms}}, app.app());
  server.start();
  test::RawClient client(server.port());
  EXPECT_EQ(client.request("POST", "/slow").status, 504);
  EXPECT_EQ(listener.heard, 1) << "it may have been done";
  EXPECT_EQ(client.request("POST", "/nothing").status, 404) << "the connection goes on";
}

TEST(AfterChange, HearsOfWhatNobodyWaitsForAnyMore) {
  Listener listener;
  std::counting_semaphore<> begun(0);
  TestApp app([&](Routes& routes) { routes.post("/slow", never_made, begun).open(); }, listener.options());
  http::Server server({.host = "127.0.0.1", .port = 0, .loops = 1, .limits = {.write_time_max = 40ms}}, app.app());
  server.start();
  {
    test::RawClient client(server.port());
    client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    ASSERT_TRUE(begun.try_acquire_for(10s));
  }
  EXPECT_TRUE(listener.one_heard.try_acquire_for(10s));
}

}  // namespace
}  // namespace ashlar::web
