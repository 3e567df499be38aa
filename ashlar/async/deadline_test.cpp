// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/deadline.hpp"

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/task_scope.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <stdexcept>
#include <string>

namespace ashlar::async {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

Task<Result<int>> answer_after(std::chrono::milliseconds duration, int value) {
  co_await sleep_for(duration);
  co_return value;
}

Task<Result<int>> answer_at_once(int value) { co_return value; }

Task<Result<int>> fail_after(std::chrono::milliseconds duration) {
  co_await sleep_for(duration);
  co_return fail(errors::internal, "broken");
}

Task<Result<int>> throw_after(std::chrono::milliseconds duration) {
  co_await sleep_for(duration);
  throw std::runtime_error("broken");
}

// Gives up the wait, but not the work.
Task<Result<int>> answer_in_spite_of_cancellation(int value) {
  try {
    co_await sleep_for(1h);
  } catch (const boost::system::system_error&) {
  }
  co_return value;
}

Task<Result<int>> turn_cancellation_into_an_error() {
  try {
    co_await sleep_for(1h);
  } catch (const boost::system::system_error&) {
  }
  co_return fail(errors::internal, "cut off");
}

Task<Result<int>> throw_when_cancelled() {
  try {
    co_await sleep_for(1h);
  } catch (const boost::system::system_error&) {
    throw std::runtime_error("could not roll back");
  }
  co_return 0;
}

std::string outcome(Task<Result<int>> task) {
  asio::io_context loop;
  try {
    const Result<int> out = run_to_end(loop, std::move(task));
    return out ? std::to_string(*out) : std::string(out.error().code().name);
  } catch (const std::exception& e) {
    return e.what();
  }
}

TEST(Deadline, EndsWhatTakesTooLong) {
  EXPECT_EQ(outcome(with_deadline(answer_after(1h, 1), 1ms)), "server.deadline_exceeded");
  EXPECT_EQ(outcome(with_deadline(answer_after(1h, 1), 0ms)), "server.deadline_exceeded");
  EXPECT_EQ(outcome(with_deadline(answer_after(1h, 1), -1ms)), "server.deadline_exceeded");
  EXPECT_EQ(outcome(with_deadline(turn_cancellation_into_an_error(), 1ms)), "server.deadline_exceeded");
}

TEST(Deadline, LetsOutWhatEndsInTime) {
  EXPECT_EQ(outcome(with_deadline(answer_after(1ms, 7), 1h)), "7");
  EXPECT_EQ(outcome(with_deadline(answer_at_once(7), 1h)), "7");
  EXPECT_EQ(outcome(with_deadline(fail_after(1ms), 1h)), "internal");
  EXPECT_EQ(outcome(with_deadline(throw_after(1ms), 1h)), "broken");
}

TEST(Deadline, KeepsAValueThatCameInSpiteOfTheCancellation) {
  EXPECT_EQ(outcome(with_deadline(answer_in_spite_of_cancellation(7), 1ms)), "7");
}

TEST(Deadline, LetsOutTheExceptionOfACleanUp) {
  EXPECT_EQ(outcome(with_deadline(throw_when_cancelled(), 1ms)), "could not roll back");
}

TEST(Deadline, TheInnerOneOfTwoCounts) {
  EXPECT_EQ(outcome(with_deadline(with_deadline(answer_after(1h, 1), 1ms), 1h)), "server.deadline_exceeded");
  EXPECT_EQ(outcome(with_deadline(with_deadline(answer_after(1h, 1), 1h), 1ms)), "server.deadline_exceeded");
}

Task<> keep_outcome(Task<Result<int>> task, std::string& out) {
  try {
    const Result<int> result = co_await std::move(task);
    out = result ? "value" : result.error().code().name;
  } catch (const boost::system::system_error& e) {
    out = e.code() == asio::error::operation_aborted ? "aborted" : "failed";
    throw;
  }
}

TEST(Deadline, PassesACancellationOn) {
  asio::io_context loop;
  TaskScope scope(loop);
  std::string out;
  scope.start(keep_outcome(with_deadline(answer_after(1h, 1), 1h), out));
  loop.poll();
  scope.cancel();
  run_to_end(loop, scope.join());
  EXPECT_EQ(out, "aborted");
}

Task<Result<int>> run_waiting(BlockingPool& pool, std::latch& go_on) {
  co_return co_await pool.run([&go_on] {
    go_on.wait();
    return 1;
  });
}

Task<Result<int>> run_at_once(BlockingPool& pool) {
  co_return co_await pool.run([] { return 2; });
}

TEST(Deadline, TakesAJobBackThatStillWaits) {
  BlockingPool pool({.threads = 1, .queue_max = 8});
  asio::io_context loop;
  TaskScope scope(loop);
  std::latch go_on(1);
  std::string first, second;
  scope.start(keep_outcome(run_waiting(pool, go_on), first));
  loop.poll();
  second = run_to_end(loop, with_deadline(run_at_once(pool), 1ms)).error().code().name;
  EXPECT_EQ(second, "server.deadline_exceeded");
  go_on.count_down();
  run_to_end(loop, scope.join());
  EXPECT_EQ(first, "value");
}

}  // namespace
}  // namespace ashlar::async
