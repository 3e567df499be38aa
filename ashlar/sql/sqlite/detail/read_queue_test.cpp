// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/read_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>

namespace ashlar::sql::sqlite::detail {
namespace {

constexpr std::size_t plenty = 100;

struct Jobs {
  explicit Jobs(boost::asio::io_context* loop = nullptr) {
    for (Job& job : jobs) {
      job.loop = loop;
      job.resume = [this] { ++answered; };
    }
  }
  std::array<Job, 20> jobs;
  int answered = 0;
};

TEST(ReadQueue, RefusesWhatIsOneTooManyAndWhatComesAfterTheEnd) {
  const auto queue = std::make_shared<ReadQueue>(2, plenty);
  Jobs some;
  for (int i = 0; i < 3; ++i) queue->submit(some.jobs[i]);
  EXPECT_EQ(some.answered, 1);
  ASSERT_FALSE(some.jobs[2].outcome);
  EXPECT_EQ(some.jobs[2].outcome.error().cause(), "too many statements wait");

  queue->close();
  EXPECT_EQ(queue->take().size(), 2U) << "what was accepted is still done";
  EXPECT_TRUE(queue->take().empty());
  queue->submit(some.jobs[3]);
  EXPECT_EQ(some.answered, 2);
}

TEST(ReadQueue, OneThreadAwakeTakesAllUpToABatch) {
  const auto queue = std::make_shared<ReadQueue>(plenty, 16);
  boost::asio::io_context loop;
  Jobs some(&loop);
  for (Job& job : some.jobs) queue->submit(job);
  EXPECT_EQ(queue->take().size(), 16U);
  EXPECT_EQ(queue->take().size(), 4U);
}

TEST(ReadQueue, ASleeperIsWokenAtTheEndOfTheLoopsTurn) {
  const auto queue = std::make_shared<ReadQueue>(plenty, plenty);
  boost::asio::io_context loop;
  Jobs some(&loop);
  auto taken = std::async(std::launch::async, [&] { return queue->take().size(); });
  for (Job& job : some.jobs) queue->submit(job);
  loop.run();
  EXPECT_GE(taken.get(), 1U);
}

TEST(ReadQueue, ALoopThatEndsBeforeItsTurnLeavesNoJobWaiting) {
  const auto queue = std::make_shared<ReadQueue>(plenty, plenty);
  auto loop = std::make_unique<boost::asio::io_context>();
  Jobs some(loop.get());
  auto taken = std::async(std::launch::async, [&] { return queue->take().size(); });
  queue->submit(some.jobs[0]);
  loop.reset();
  EXPECT_EQ(taken.get(), 1U);
}

TEST(ReadQueue, AThreadWithoutALoopNeedsNoTurn) {
  const auto queue = std::make_shared<ReadQueue>(plenty, plenty);
  Jobs some;
  auto taken = std::async(std::launch::async, [&] { return queue->take().size(); });
  queue->submit(some.jobs[0]);
  EXPECT_EQ(taken.get(), 1U);
}

TEST(ReadQueue, WhatIsGivenBackIsTakenByTheOthers) {
  const auto queue = std::make_shared<ReadQueue>(plenty, plenty);
  Jobs some;
  for (int i = 0; i < 5; ++i) queue->submit(some.jobs[i]);
  JobList batch = queue->take();
  ASSERT_EQ(batch.size(), 5U);
  (void)batch.pop();
  auto taken = std::async(std::launch::async, [&] { return queue->take().size(); });
  queue->give_back(std::move(batch));
  EXPECT_EQ(taken.get(), 4U);
}

}  // namespace
}  // namespace ashlar::sql::sqlite::detail
