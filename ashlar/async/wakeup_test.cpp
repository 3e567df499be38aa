// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/wakeup.hpp"

#include "ashlar/async/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace ashlar::async {
namespace {

using namespace std::chrono_literals;

constexpr auto very_long = std::chrono::hours(1);

class WakeupTest : public testing::Test {
 protected:
  void wait(std::chrono::milliseconds at_most) { run_to_end(loop, wakeup.wait(at_most)); }

  boost::asio::io_context loop{1};
  Wakeup wakeup;
};

TEST_F(WakeupTest, EndsAWaitFromAnotherThread) {
  wakeup.open(loop);
  std::jthread other;
  boost::asio::post(loop, [&] { other = std::jthread([this] { wakeup.wake(); }); });
  wait(very_long);
}

TEST_F(WakeupTest, IsKeptForTheNextWaitAndCountsOnce) {
  wakeup.wake();  // even before there is a loop
  wakeup.open(loop);
  wakeup.wake();
  wait(very_long);
  const auto began = std::chrono::steady_clock::now();
  wait(5ms);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 5ms);
}

TEST_F(WakeupTest, ThrowsWhenTheWaitIsCancelled) {
  wakeup.open(loop);
  bool ended = false;
  const auto task = [](Wakeup* woken, bool* out) -> Task<> {
    co_await woken->wait(very_long);
    *out = true;
  };
  const auto scope_task = [](boost::asio::io_context* on, Task<> waiting) -> Task<> {
    TaskScope scope(*on);
    scope.start(std::move(waiting));
    scope.cancel();
    co_await scope.join();
  };
  run_to_end(loop, scope_task(&loop, task(&wakeup, &ended)));
  EXPECT_FALSE(ended);
}

// A worker is destroyed after its loop, and a producer may wake it at any time.
TEST(Wakeup, MayOutliveItsLoopWhenItIsClosed) {
  Wakeup wakeup;
  {
    boost::asio::io_context loop{1};
    wakeup.open(loop);
    wakeup.wake();  // posted, and never run
    wakeup.close();
  }
  wakeup.wake();
}

}  // namespace
}  // namespace ashlar::async
