// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/blocking_pool.hpp"

#include "ashlar/async/task_scope.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pthread.h>

#include <array>
#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::async {
namespace {

namespace asio = boost::asio;

Task<> run_counting(BlockingPool& pool, std::atomic<int>& counter, std::vector<std::string>& codes) {
  const auto done = co_await pool.run([&counter] { ++counter; });
  codes.emplace_back(done ? "ran" : done.error().code().name);
}

Task<> run_blocked(BlockingPool& pool, std::latch& begun, std::latch& go_on) {
  co_await pool.run([&begun, &go_on] {
    begun.count_down();
    go_on.wait();
  });
}

TEST(BlockingPool, RefusesWhatDoesNotFitInTheQueue) {
  BlockingPool pool({.threads = 1, .queue_max = 2});
  asio::io_context loop;
  TaskScope scope(loop);
  std::latch begun(1), go_on(1);
  std::atomic<int> ran = 0;
  std::vector<std::string> codes;
  scope.start(run_blocked(pool, begun, go_on));
  loop.poll();
  begun.wait();
  for (int i = 0; i < 5; ++i) scope.start(run_counting(pool, ran, codes));
  loop.poll();
  EXPECT_EQ(pool.waiting(), 2U);
  EXPECT_THAT(codes, ::testing::Each("server.overloaded"));
  EXPECT_EQ(codes.size(), 3U);
  go_on.count_down();
  run_to_end(loop, scope.join());
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(codes.size(), 5U);
}

Task<std::chrono::seconds> retry_after_of(BlockingPool& pool) {
  const auto done = co_await pool.run([] {});
  co_return done ? std::chrono::seconds(0) : done.error().retry_after();
}

TEST(BlockingPool, SaysWhenToTryAgain) {
  BlockingPool pool({.threads = 1, .queue_max = 0});
  asio::io_context loop;
  EXPECT_EQ(run_to_end(loop, retry_after_of(pool)), std::chrono::seconds(1));
}

struct Where {
  std::thread::id job, after;
  std::string job_thread_name;
  std::unique_ptr<int> value;
};

Task<Where> run_and_look(BlockingPool& pool) {
  Where out;
  auto made = co_await pool.run([&out] {
    out.job = std::this_thread::get_id();
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    out.job_thread_name = name.data();
    return std::make_unique<int>(42);
  });
  out.after = std::this_thread::get_id();
  out.value = std::move(*made);
  co_return out;
}

TEST(BlockingPool, RunsElsewhereAndResumesOnTheCallersLoop) {
  BlockingPool pool({.threads = 2, .queue_max = 8, .name = "a name that is too long"});
  asio::io_context loop;
  const Where where = run_to_end(loop, run_and_look(pool));
  EXPECT_NE(where.job, std::this_thread::get_id());
  EXPECT_EQ(where.after, std::this_thread::get_id());
  EXPECT_EQ(where.job_thread_name, "a name that is ");
  EXPECT_EQ(*where.value, 42);
}

Task<> run_throwing(BlockingPool& pool) {
  co_await pool.run([] { throw std::runtime_error("broken"); });
}

TEST(BlockingPool, LetsTheJobsExceptionOut) {
  BlockingPool pool;
  asio::io_context loop;
  try {
    run_to_end(loop, run_throwing(pool));
    FAIL() << "nothing came out";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "broken");
  }
  EXPECT_EQ(run_to_end(loop, retry_after_of(pool)), std::chrono::seconds(0));  // the thread lives on
}

TEST(BlockingPool, TakesBackWhatWaitsWhenItIsCancelled) {
  BlockingPool pool({.threads = 1, .queue_max = 8});
  asio::io_context loop;
  TaskScope scope(loop);
  std::latch begun(1), go_on(1);
  std::atomic<int> ran = 0;
  std::vector<std::string> codes;
  scope.start(run_blocked(pool, begun, go_on));
  loop.poll();
  begun.wait();
  scope.start(run_counting(pool, ran, codes));
  loop.poll();
  EXPECT_EQ(pool.waiting(), 1U);
  scope.cancel();
  loop.poll();
  EXPECT_EQ(pool.waiting(), 0U);
  EXPECT_EQ(scope.size(), 1U);  // what runs is waited for
  go_on.count_down();
  run_to_end(loop, scope.join());
  EXPECT_EQ(ran, 0);
}

Task<> run_many(BlockingPool& pool, int times, std::atomic<int>& sum) {
  for (int i = 0; i < times; ++i) {
    const auto one = co_await pool.run([] { return 1; });
    if (one) sum += *one;
  }
}

TEST(BlockingPool, ServesSeveralLoopsAtOnce) {
  BlockingPool pool({.threads = 2, .queue_max = 64});
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&pool, &sum] {
      asio::io_context loop;
      TaskScope scope(loop);
      for (int i = 0; i < 4; ++i) scope.start(run_many(pool, 50, sum));
      run_to_end(loop, scope.join());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 3 * 4 * 50);
}

TEST(BlockingPool, CancellingWhileJobsEndIsSound) {
  BlockingPool pool({.threads = 2, .queue_max = 64});
  std::atomic<int> sum = 0;
  for (int round = 0; round < 50; ++round) {
    asio::io_context loop;
    TaskScope scope(loop);
    for (int i = 0; i < 4; ++i) scope.start(run_many(pool, 10, sum));
    for (int i = 0; i < round; ++i) loop.poll_one();
    scope.cancel();
    run_to_end(loop, scope.join());
  }
  EXPECT_EQ(pool.waiting(), 0U);
}

}  // namespace
}  // namespace ashlar::async
