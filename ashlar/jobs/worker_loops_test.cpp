// SPDX-License-Identifier: Apache-2.0
// Workers on loops with threads: what runs at the same time, ends early, or moves to another worker.
#include "ashlar/async/wakeup.hpp"
#include "ashlar/jobs/conformance/job_world.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace ashlar::jobs {
namespace {

using namespace std::chrono_literals;

struct Block {
  static constexpr std::string_view job_name = "block";
  std::string text;
};
ASHLAR_DESCRIBE(Block, text)

// Counts handlers that run at the same time.
class Gauge {
 public:
  void enter() {
    {
      const std::scoped_lock lock(mutex_);
      most_ = std::max(most_, ++now_);
      ++begun_;
    }
    changed_.notify_all();
  }
  void leave() {
    {
      const std::scoped_lock lock(mutex_);
      --now_;
    }
    changed_.notify_all();
  }
  // False when it does not come about within a minute.
  bool wait_for(int begun, int now_at_most) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return begun_ >= begun && now_ <= now_at_most; });
  }
  [[nodiscard]] int most() const {
    const std::scoped_lock lock(mutex_);
    return most_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int now_ = 0;
  int most_ = 0;
  int begun_ = 0;
};
constexpr int any_number = 1'000'000;

class Inside {
 public:
  explicit Inside(Gauge& gauge) : gauge_(gauge) { gauge.enter(); }
  ~Inside() { gauge_.leave(); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Gauge& gauge_;
};

// "forever" waits until it is cancelled; others let the loop run something else a few times.
Task<Result<>> block(JobCall& call, Block in, Gauge& gauge) {
  const Inside inside(gauge);
  call.progress(10, "begun");
  const LoopExecutor loop = co_await boost::asio::this_coro::executor;
  if (in.text == "forever") {
    async::Wakeup never;
    never.open(loop.context());
    co_await never.wait(std::chrono::hours(1));
  }
  for (int i = 0; i < 20; ++i) co_await boost::asio::post(loop, boost::asio::use_awaitable_t<LoopExecutor>{});
  co_return Result<>{};
}

// One instance: loops with threads, and a worker on them.
class Instance {
 public:
  Instance(World& world, WorkerOptions options) : worker_(world.new_worker(std::move(options))) {
    for (int i = 0; i < 2; ++i)
      loops_.push_back(world.loops.emplace_back(std::make_unique<boost::asio::io_context>(1)).get());
    worker_->start(loops_);
    for (auto* loop : loops_) {
      work_.push_back(boost::asio::make_work_guard(*loop));
      threads_.emplace_back([&its_loop = *loop] { its_loop.run(); });
    }
  }
  ~Instance() { close(); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  void close() {
    work_.clear();
    for (auto* loop : loops_) loop->stop();
    threads_.clear();
    worker_->close();
  }
  Worker& worker() { return *worker_; }

 private:
  std::vector<boost::asio::io_context*> loops_;
  std::vector<boost::asio::executor_work_guard<LoopExecutor>> work_;
  std::vector<std::jthread> threads_;
  std::unique_ptr<Worker> worker_;
};

class JobLoops : public testing::TestWithParam<bool> {
 protected:
  JobLoops() : world(GetParam(), [this](Table& table, World&) { table.add<Block>(block, gauge).timeout(300s); }) {}
  Gauge gauge;
  World world;
};
INSTANTIATE_TEST_SUITE_P(On, JobLoops, testing::Values(false, true),
                         [](const auto& each) { return each.param ? "Postgres" : "Sqlite"; });

TEST_P(JobLoops, TwoWorkersRunEachJobOnce) {
  constexpr int jobs = 600;
  std::vector<std::string> texts;
  for (int i = 0; i < jobs; ++i) texts.push_back("n" + std::to_string(i));
  {
    Instance one(world, {.concurrency = 8, .poll_interval = 50ms});
    Instance two(world, {.concurrency = 8, .poll_interval = 50ms});
    world.enqueue_all(texts);
    EXPECT_TRUE(world.journal.wait_for(texts.size()));
  }
  const auto seen = world.seen();
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), texts.size());
  EXPECT_EQ(seen.size(), texts.size());
  EXPECT_EQ(world.rows("jobs"), 0);
  EXPECT_EQ(world.rows("job_history"), jobs);
}

TEST_P(JobLoops, AQueuesConcurrencyHoldsOverAllWorkers) {
  world.run_due();
  api::SystemCall call(world.environment, "test");
  ASSERT_TRUE(world.await(world.admin().change_queue(call, "default", {.concurrency = 3})));
  for (int i = 0; i < 60; ++i) world.enqueue(Block{"short"});
  Instance one(world, {.poll_interval = 20ms});
  Instance two(world, {.poll_interval = 20ms});
  EXPECT_TRUE(gauge.wait_for(60, 0));
  one.close();
  two.close();
  EXPECT_LE(gauge.most(), 3);
}

TEST_P(JobLoops, OneJobOfAGroupRunsAtATimeOnAllWorkers) {
  for (int i = 0; i < 40; ++i) world.enqueue(Block{"short"}, {.group = "g"});
  Instance one(world, {.poll_interval = 20ms});
  Instance two(world, {.poll_interval = 20ms});
  EXPECT_TRUE(gauge.wait_for(40, 0));
  one.close();
  two.close();
  EXPECT_EQ(gauge.most(), 1);
}

TEST_P(JobLoops, ARunningJobIsCancelledAndShowsItsProgress) {
  const Uuid id = world.enqueue(Block{"forever"});
  Instance one(world, {.heartbeat_interval = 50ms});
  ASSERT_TRUE(gauge.wait_for(1, any_number));
  api::SystemCall call(world.environment, "test");
  ASSERT_TRUE(world.await(world.admin().cancel(call, id)));
  EXPECT_TRUE(gauge.wait_for(1, 0));
  one.close();
  const auto view = world.await(world.admin().find(id));
  EXPECT_EQ(view->status, Status::cancelled);
  EXPECT_EQ(view->progress, 10);
  EXPECT_EQ(view->progress_note, "begun");
}

TEST_P(JobLoops, AJobThatIsCutOffByAStopRunsAgainAndTheAttemptDoesNotCount) {
  const Uuid id = world.enqueue(Block{"forever"});
  {
    Instance one(world, {.drain_time_max = 10ms});
    ASSERT_TRUE(gauge.wait_for(1, any_number));
  }
  const auto view = world.await(world.admin().find(id));
  EXPECT_EQ(view->status, Status::waiting);
  EXPECT_EQ(view->attempt, 0);
  EXPECT_EQ(world.rows("job_workers"), 0);
}

// The worker's row is gone, as if it had been taken for dead: it ends its jobs, and they run again.
TEST_P(JobLoops, AWorkerThatLostItsLeaseEndsItsJobs) {
  world.enqueue(Block{"forever"});
  Instance one(world, {.heartbeat_interval = 50ms});
  ASSERT_TRUE(gauge.wait_for(1, any_number));
  world.run("delete from job_workers");
  EXPECT_TRUE(gauge.wait_for(2, 1));
}

}  // namespace
}  // namespace ashlar::jobs
