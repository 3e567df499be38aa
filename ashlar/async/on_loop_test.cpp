// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/on_loop.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::async {
namespace {

using namespace std::chrono_literals;

// A loop with a thread of its own.
class OtherLoop {
 public:
  ~OtherLoop() {
    work_.reset();
    thread_.join();
  }
  LoopExecutor executor() { return loop_.get_executor(); }
  [[nodiscard]] std::thread::id thread() const { return thread_.get_id(); }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<LoopExecutor> work_{loop_.get_executor()};
  std::thread thread_{[this] { loop_.run(); }};
};

Task<std::thread::id> where() {
  co_await sleep_for(1ms);
  co_return std::this_thread::get_id();
}
Task<> fails() {
  co_await sleep_for(1ms);
  throw std::runtime_error("broken");
}
Task<> comes_back(LoopExecutor other, std::thread::id there) {
  EXPECT_EQ(co_await on_loop(other, where()), there);
  EXPECT_NE(std::this_thread::get_id(), there);
}
Task<Result<int>> slow() {
  co_await sleep_for(20ms);
  co_return 5;
}

TEST(OnLoop, RunsThereAndResumesHere) {
  OtherLoop other;
  boost::asio::io_context loop(1);
  run_to_end(loop, comes_back(other.executor(), other.thread()));
  EXPECT_THROW(run_to_end(loop, on_loop(other.executor(), fails())), std::runtime_error);
  EXPECT_EQ(run_to_end(loop, on_loop(loop.get_executor(), where())), std::this_thread::get_id());
}

TEST(OnLoop, IsWaitedForByACancelledCaller) {
  OtherLoop other;
  boost::asio::io_context loop(1);
  const auto got = run_to_end(loop, with_deadline(on_loop(other.executor(), slow()), 1ms));
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, 5);
}

Task<> often(LoopExecutor other, int times) {
  for (int i = 0; i < times; ++i) (void)co_await on_loop(other, where());
}

TEST(OnLoop, ManyLoopsUseOneAndEndAtOnceAfter) {
  OtherLoop other;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&other] {
      for (int round = 0; round < 10; ++round) {
        boost::asio::io_context loop(1);
        run_to_end(loop, often(other.executor(), 3));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace ashlar::async
