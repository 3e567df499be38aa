// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/task_handle.hpp"

#include "ashlar/async/deadline.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace ashlar::async {
namespace {

Task<> at_once(std::string& log) {
  log += "ran ";
  co_return;
}
Task<> throws(std::string& log) {
  log += "ran ";
  throw std::runtime_error("no");
  co_return;
}
Task<> waits(std::string& log) {
  log += "ran ";
  co_await sleep_for(std::chrono::hours{1});
  log += "went on ";
}

TEST(TaskHandle, StartsImmediatelyAndReportsItsEndLater) {
  for (auto* const task : {at_once, throws}) {
    boost::asio::io_context loop(1);
    std::string log;
    boost::asio::post(loop, [&] {
      const TaskHandle started(loop, task(log), [&log] { log += "ended"; });
      log += "started ";
    });
    loop.run();
    EXPECT_EQ(log, "ran started ended");
  }
}

TEST(TaskHandle, IsCancelledAlone) {
  boost::asio::io_context loop(1);
  std::string log;
  std::optional<TaskHandle> started;
  boost::asio::post(loop, [&] {
    started.emplace(loop, waits(log), [&] {
      log += "ended";
      started.reset();
    });
    started->cancel();
    log += "cancelled ";
  });
  loop.run();
  EXPECT_EQ(log, "ran cancelled ended");
  EXPECT_FALSE(started);
}

TEST(TaskHandle, GoesWithItsLoop) {
  std::string log;
  const auto held = std::make_shared<int>(1);
  {
    boost::asio::io_context loop(1);
    boost::asio::post(loop, [&] { const TaskHandle started(loop, waits(log), [held] {}); });
    loop.poll();
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace ashlar::async
