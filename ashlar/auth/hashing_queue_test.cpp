// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/hashing_queue.hpp"

#include "ashlar/async/task_scope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;
using Lane = HashingClient::Lane;
using ::testing::ElementsAre;

class HashingQueueTest : public ::testing::Test {
 protected:
  // Occupies the one thread until release().
  void occupy(HashingQueue& queue) {
    loop_.restart();  // an earlier run_to_end() leaves it stopped
    scope_.start(wait_for(queue, begun_, go_on_));
    loop_.poll();
    begun_.wait();
    EXPECT_EQ(queue.running(), 1U);
  }
  void add(HashingQueue& queue, std::string name, HashingClient client) {
    scope_.start(note(queue, std::move(name), std::move(client)));
    loop_.poll();
  }
  void finish() {
    go_on_.count_down();
    async::run_to_end(loop_, scope_.join());
  }

  Task<> wait_for(HashingQueue& queue, std::latch& begun, std::latch& go_on) {
    co_await queue.run({.address = "the first"}, [&begun, &go_on] {
      begun.count_down();
      go_on.wait();
    });
  }
  Task<> note(HashingQueue& queue, std::string name, HashingClient client) {
    const auto done = co_await queue.run(std::move(client), [this, name] {
      const std::scoped_lock lock(mutex_);
      order_.push_back(name);
    });
    if (!done) refused_.push_back(name + " after " + std::to_string(done.error().retry_after().count()));
    if (!done) EXPECT_EQ(done.error().code(), ashlar::errors::overloaded);
  }

  ManualClock clock_{Timestamp::from_milliseconds(0)};
  boost::asio::io_context loop_;
  async::BlockingPool pool_{{.threads = 1}};
  async::TaskScope scope_{loop_};
  std::latch begun_{1}, go_on_{1};
  std::mutex mutex_;
  std::vector<std::string> order_, refused_;
};

TEST_F(HashingQueueTest, RefusesAtOnceWhatWouldWaitTooLong) {
  HashingQueue queue(pool_, clock_, {.wait_max = 1000ms, .job_time_assumed = 400ms});
  const HashingClient flood{.address = "flood"}, other{.address = "other"};
  EXPECT_EQ(queue.expected_wait(flood), 0ms);
  occupy(queue);
  EXPECT_EQ(queue.expected_wait(flood), 400ms);
  for (int i = 0; i < 5; ++i) add(queue, "flood" + std::to_string(i), flood);
  EXPECT_THAT(refused_, ElementsAre("flood2 after 2", "flood3 after 2", "flood4 after 2"));
  EXPECT_EQ(queue.waiting(), 2U);
  EXPECT_EQ(queue.expected_wait(flood), 1200ms);
  EXPECT_EQ(queue.expected_wait(other), 800ms);  // its turn comes after one of the flood's
  add(queue, "other", other);
  EXPECT_EQ(refused_.size(), 3U);
  finish();
  EXPECT_THAT(order_, ElementsAre("flood0", "other", "flood1"));
  EXPECT_EQ(queue.running() + queue.waiting(), 0U);
}

// A crowd makes each job slower, so that even the next one waits longer than others may.
TEST_F(HashingQueueTest, AKnownDeviceWaitsForItsOwnTime) {
  HashingQueue queue(pool_, clock_, {.wait_max = 1000ms, .known_device_wait_max = 3000ms, .job_time_assumed = 1500ms});
  const HashingClient known{.address = "1", .lane = Lane::known_device};
  occupy(queue);
  add(queue, "crowd", {.address = "2"});
  EXPECT_EQ(refused_.size(), 1U);
  add(queue, "known1", known);
  add(queue, "known2", known);
  EXPECT_EQ(queue.waiting(), 2U);
  add(queue, "known3", known);
  EXPECT_EQ(refused_.size(), 2U) << "4.5 s";
  finish();
  EXPECT_THAT(order_, ElementsAre("known1", "known2"));
}

TEST_F(HashingQueueTest, BoundsEachLane) {
  HashingQueue queue(pool_, clock_, {.waiting_max = 2, .wait_max = 1h});
  occupy(queue);
  for (int i = 0; i < 4; ++i) add(queue, std::to_string(i), {.address = std::to_string(i)});
  EXPECT_EQ(refused_.size(), 2U);
  add(queue, "known", {.address = "0", .lane = Lane::known_device});
  EXPECT_EQ(refused_.size(), 2U);
  EXPECT_EQ(queue.waiting(), 3U);
  finish();
}

TEST_F(HashingQueueTest, AddressesTakeTurns) {
  HashingQueue queue(pool_, clock_, {.wait_max = 1h});
  occupy(queue);
  for (const std::string name : {"a1", "a2", "a3", "a4", "b1", "c1", "c2"})
    add(queue, name, {.address = name.substr(0, 1)});
  finish();
  EXPECT_THAT(order_, ElementsAre("a1", "b1", "c1", "a2", "c2", "a3", "a4"));
}

TEST_F(HashingQueueTest, AKnownDeviceRunsSoonWhateverManyAddressesSend) {
  HashingQueue queue(pool_, clock_, {.waiting_max = 200, .wait_max = 60s, .job_time_assumed = 100ms});
  occupy(queue);
  for (int i = 0; i < 100; ++i) add(queue, "x", {.address = std::to_string(i)});
  const HashingClient known{.address = "5", .lane = Lane::known_device};
  EXPECT_EQ(queue.expected_wait({.address = "new"}), 10'100ms);
  EXPECT_EQ(queue.expected_wait(known), 200ms);
  add(queue, "known1", known);
  add(queue, "known2", known);
  finish();
  EXPECT_EQ(std::ranges::find(order_, "known1") - order_.begin(), 0);
  EXPECT_EQ(std::ranges::find(order_, "known2") - order_.begin(), 2);
  EXPECT_EQ(order_.size(), 102U);
}

Task<> take(HashingQueue& queue, ManualClock& clock, std::chrono::milliseconds time) {
  co_await queue.run({}, [&clock, time] { clock.advance(time); });
}

TEST_F(HashingQueueTest, LearnsHowLongAJobTakes) {
  HashingQueue queue(pool_, clock_, {.job_time_assumed = 400ms});
  for (int i = 0; i < 100; ++i) async::run_to_end(loop_, take(queue, clock_, 40ms));
  occupy(queue);
  EXPECT_EQ(queue.expected_wait({}), 41ms);  // 40.0006
  finish();
}

TEST_F(HashingQueueTest, LeavesTheQueueWhenItIsCancelled) {
  HashingQueue queue(pool_, clock_, {.wait_max = 1h});
  occupy(queue);
  add(queue, "a", {.address = "a"});
  add(queue, "b", {.address = "b"});
  EXPECT_EQ(queue.waiting(), 2U);
  scope_.cancel();
  loop_.poll();
  EXPECT_EQ(queue.waiting(), 0U);
  EXPECT_EQ(queue.running(), 1U);  // what runs is awaited
  finish();
  EXPECT_TRUE(order_.empty());
  EXPECT_EQ(queue.running(), 0U);
}

Task<> fail_in(HashingQueue& queue) {
  co_await queue.run({}, [] { throw std::runtime_error("broken"); });
}

TEST_F(HashingQueueTest, AnExceptionGivesTheTurnBack) {
  HashingQueue queue(pool_, clock_);
  EXPECT_THROW(async::run_to_end(loop_, fail_in(queue)), std::runtime_error);
  EXPECT_EQ(queue.running(), 0U);
}

Task<> run_many(HashingQueue& queue, std::string address, int times, std::atomic<int>& sum) {
  for (int i = 0; i < times; ++i) {
    const auto one = co_await queue.run({.address = address}, [] { return 1; });
    if (one) sum += *one;
  }
}

TEST(HashingQueue, ServesSeveralLoopsAtOnce) {
  async::BlockingPool pool({.threads = 2});
  const SystemClock clock;
  HashingQueue queue(pool, clock, {.wait_max = 1h});
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&queue, &sum, t] {
      boost::asio::io_context loop;
      async::TaskScope scope(loop);
      for (int i = 0; i < 4; ++i) scope.start(run_many(queue, std::to_string((t + i) % 5), 50, sum));
      async::run_to_end(loop, scope.join());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 3 * 4 * 50);
  EXPECT_EQ(queue.running() + queue.waiting(), 0U);
}

TEST(HashingQueue, CancellingWhileTurnsAreGivenIsSound) {
  async::BlockingPool pool({.threads = 2});
  const SystemClock clock;
  HashingQueue queue(pool, clock, {.wait_max = 1h});
  std::atomic<int> sum = 0;
  for (int round = 0; round < 50; ++round) {
    boost::asio::io_context loop;
    async::TaskScope scope(loop);
    for (int i = 0; i < 6; ++i) scope.start(run_many(queue, std::to_string(i % 3), 10, sum));
    for (int i = 0; i < round; ++i) loop.poll_one();
    scope.cancel();
    async::run_to_end(loop, scope.join());
  }
  EXPECT_EQ(queue.running() + queue.waiting(), 0U);
}

}  // namespace
}  // namespace ashlar::auth
