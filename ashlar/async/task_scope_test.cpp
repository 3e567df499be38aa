// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/task_scope.hpp"

#include "ashlar/async/deadline.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::async {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Events = std::vector<std::string>;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

Task<> note(Events& events, std::string event) {
  events.push_back(std::move(event));
  co_return;
}

Task<> throw_text(std::string text) {
  throw std::runtime_error(text);
  co_return;
}

Task<> sleep_noting(Events& events, std::string name, std::chrono::milliseconds duration) {
  events.push_back(name + " begins");
  try {
    co_await sleep_for(duration);
  } catch (const boost::system::system_error& e) {
    events.push_back(name + (e.code() == asio::error::operation_aborted ? " aborted" : " failed"));
    throw;
  }
  events.push_back(name + " ends");
}

Task<> throw_after(std::chrono::milliseconds duration, std::string text) {
  co_await sleep_for(duration);
  throw std::runtime_error(text);
}

std::string thrown_by_join(asio::io_context& loop, TaskScope& scope) {
  try {
    run_to_end(loop, scope.join());
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing";
}

TEST(TaskScope, JoinOfAnEmptyOneIsOver) {
  asio::io_context loop;
  TaskScope scope(loop);
  run_to_end(loop, scope.join());
  EXPECT_EQ(scope.size(), 0U);
}

TEST(TaskScope, JoinWaitsForAll) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(sleep_noting(events, "a", 2ms));
  scope.start(sleep_noting(events, "b", 1ms));
  EXPECT_EQ(scope.size(), 2U);
  run_to_end(loop, scope.join());
  EXPECT_THAT(events, UnorderedElementsAre("a begins", "b begins", "b ends", "a ends"));
  EXPECT_EQ(scope.size(), 0U);
}

TEST(TaskScope, OneThatThrowsStopsTheOthersAndJoinRethrows) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(sleep_noting(events, "a", 1h));
  scope.start(throw_after(1ms, "first"));
  scope.start(throw_after(1h, "never"));
  EXPECT_EQ(thrown_by_join(loop, scope), "first");
  EXPECT_THAT(events, ElementsAre("a begins", "a aborted"));
  EXPECT_EQ(thrown_by_join(loop, scope), "nothing");  // it is said once
}

TEST(TaskScope, KeepsTheFirstOfSeveralExceptions) {
  asio::io_context loop;
  TaskScope scope(loop);
  scope.start(throw_text("first"));
  scope.start(throw_text("second"));
  EXPECT_EQ(thrown_by_join(loop, scope), "first");
}

TEST(TaskScope, CancelEndsEveryWait) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(sleep_noting(events, "a", 1h));
  scope.start(sleep_noting(events, "b", 1h));
  loop.poll();
  scope.cancel();
  EXPECT_EQ(thrown_by_join(loop, scope), "nothing");
  EXPECT_THAT(events, UnorderedElementsAre("a begins", "b begins", "a aborted", "b aborted"));
}

TEST(TaskScope, DoesNotBeginWhatIsStartedAfterACancel) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.cancel();
  scope.start(sleep_noting(events, "a", 1h));
  run_to_end(loop, scope.join());
  EXPECT_THAT(events, ::testing::IsEmpty());
}

Task<> start_in(TaskScope& scope, Events& events) {
  scope.start(note(events, "inner"));
  events.emplace_back("outer");
  co_return;
}

TEST(TaskScope, TakesTasksFromItsTasks) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(start_in(scope, events));
  run_to_end(loop, scope.join());
  EXPECT_THAT(events, UnorderedElementsAre("outer", "inner"));
}

Task<> cancel_own(TaskScope& scope, Events& events) {
  scope.cancel();
  co_await sleep_noting(events, "self", 1h);
}

TEST(TaskScope, MayBeCancelledByOneOfItsTasks) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(cancel_own(scope, events));
  run_to_end(loop, scope.join());
  EXPECT_EQ(scope.size(), 0U);
}

Task<> join_and_note(TaskScope& inner, Events& events) {
  co_await inner.join();
  events.emplace_back("joined");
}

Task<> start_cancelled(TaskScope& scope, Events& events) {
  scope.cancel();
  scope.start(sleep_noting(events, "a", 1h));
  co_return;
}

TEST(TaskScope, DoesNotBeginWhatOneOfItsTasksStartsAfterACancel) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(start_cancelled(scope, events));
  run_to_end(loop, scope.join());
  EXPECT_THAT(events, ::testing::IsEmpty());
}

TEST(TaskScope, CancelOfTasksThatEndMeanwhileIsSound) {
  for (int steps = 0; steps < 12; ++steps) {
    asio::io_context loop;
    TaskScope scope(loop);
    Events events;
    for (int i = 0; i < 3; ++i) scope.start(sleep_noting(events, "a", 0ms));
    for (int i = 0; i < steps; ++i) loop.poll_one();
    scope.cancel();
    run_to_end(loop, scope.join());
    EXPECT_EQ(scope.size(), 0U);
  }
}

TEST(TaskScope, CancellingTheOneWhoJoinsCancelsTheTasks) {
  asio::io_context loop;
  TaskScope outer(loop), inner(loop);
  Events events;
  inner.start(sleep_noting(events, "a", 1h));
  outer.start(join_and_note(inner, events));
  loop.poll();
  outer.cancel();
  run_to_end(loop, outer.join());
  EXPECT_EQ(inner.size(), 0U);
  EXPECT_THAT(events, ElementsAre("a begins", "a aborted", "joined"));
}

TEST(TaskScope, ManyMayJoin) {
  asio::io_context loop;
  TaskScope joiners(loop), scope(loop);
  Events events;
  scope.start(sleep_noting(events, "a", 1ms));
  joiners.start(join_and_note(scope, events));
  joiners.start(join_and_note(scope, events));
  run_to_end(loop, joiners.join());
  EXPECT_THAT(events, ElementsAre("a begins", "a ends", "joined", "joined"));
}

#ifndef NDEBUG
TEST(TaskScopeDeathTest, DestroyedWithTasksInItAsserts) {
  EXPECT_DEATH(
      {
        asio::io_context loop;
        Events events;
        TaskScope scope(loop);
        scope.start(sleep_noting(events, "a", 1h));
      },
      "joined before it is destroyed");
}
#endif

Task<std::unique_ptr<int>> answer() { co_return std::make_unique<int>(42); }

TEST(RunToEnd, ReturnsWhatTheTaskReturns) {
  asio::io_context loop;
  EXPECT_EQ(*run_to_end(loop, answer()), 42);
  EXPECT_EQ(*run_to_end(loop, answer()), 42);  // a loop that ran dry is used again
}

TEST(RunToEnd, LetsExceptionsOut) {
  asio::io_context loop;
  EXPECT_THROW(run_to_end(loop, throw_text("broken")), std::runtime_error);
}

TEST(RunToEnd, LeavesOtherWorkAlone) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  scope.start(sleep_noting(events, "a", 1h));
  run_to_end(loop, note(events, "done"));
  EXPECT_EQ(scope.size(), 1U);
  scope.cancel();
  run_to_end(loop, scope.join());
}

TEST(RunToEnd, SaysThatTheLoopWasStopped) {
  asio::io_context loop;
  TaskScope scope(loop);
  Events events;
  asio::post(loop, [&loop] { loop.stop(); });
  EXPECT_THROW(run_to_end(loop, sleep_noting(events, "a", 1h)), std::logic_error);
}

}  // namespace
}  // namespace ashlar::async
