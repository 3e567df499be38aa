// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/conformance/job_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::jobs {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

class Jobs : public testing::TestWithParam<bool> {
 protected:
  World world{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(On, Jobs, testing::Values(false, true),
                         [](const auto& each) { return each.param ? "Postgres" : "Sqlite"; });

TEST_P(Jobs, RunOnceAfterTheirUnitCommitted) {
  world.enqueue(Note{"a"});
  world.enqueue_and_fail(Note{"b"});
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_THAT(world.seen(), ElementsAre("a"));
  EXPECT_EQ(world.run_due(), 0U);
  EXPECT_EQ(world.status("a"), "done");
}

TEST_P(Jobs, RunByPriorityThenInTheOrderOfEnqueueing) {
  world.enqueue(Note{"a"}, {.priority = 7});
  world.enqueue_all({"b", "c", "d"});
  world.enqueue(Note{"e"}, {.priority = 0});
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre("e", "b", "c", "d", "a"));
}

TEST_P(Jobs, WaitForTheirTime) {
  world.enqueue(Note{"later"}, {.delay = 1h});
  EXPECT_EQ(world.run_due(), 0U);
  EXPECT_EQ(world.status("later"), "scheduled");
  world.clock.advance(1h);
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_THAT(world.seen(), ElementsAre("later"));
}

TEST_P(Jobs, AreTriedAgainAndDieWithTheReason) {
  world.enqueue(Note{"fail"}, {.attempts_max = 3});
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_EQ(world.status("fail"), "failed");
  EXPECT_EQ(world.run_due(), 0U);
  world.clock.advance(2h);
  EXPECT_EQ(world.run_due(), 1U);
  world.clock.advance(2h);
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_EQ(world.status("fail"), "dead");
  EXPECT_THAT(world.seen(), ElementsAre("fail", "fail", "fail"));
  EXPECT_EQ(world.error("fail"), "note.refused: It was asked to fail.");
}

TEST_P(Jobs, OfOneGroupRunInOrderAndAFailureHoldsTheNext) {
  world.enqueue(Note{"fail once"}, {.group = "g"});
  world.enqueue(Note{"second"}, {.group = "g"});
  world.enqueue(Note{"other"}, {.group = "h"});
  EXPECT_EQ(world.run_due(), 2U);
  EXPECT_THAT(world.seen(), ElementsAre("fail once", "other"));
  world.clock.advance(1h);
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre("fail once", "other", "fail once", "second"));
}

TEST_P(Jobs, WithOneUniqueKeyAreEnqueuedOnce) {
  world.enqueue(Note{"a"}, {.unique_key = "k", .unique_for = 1h});
  world.enqueue(Note{"b"}, {.unique_key = "k", .unique_for = 1h});
  world.enqueue(Note{"c"}, {.unique_key = "other"});
  EXPECT_EQ(world.run_due(), 2U);
  world.enqueue(Note{"d"}, {.unique_key = "k", .unique_for = 1h});
  world.enqueue(Note{"e"}, {.unique_key = "other"});
  EXPECT_EQ(world.run_due(), 1U);
  world.clock.advance(1h);
  world.enqueue(Note{"f"}, {.unique_key = "k", .unique_for = 1h});
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_THAT(world.seen(), ElementsAre("a", "c", "e", "f"));
}

TEST_P(Jobs, FollowTheirPredecessor) {
  const Uuid first = world.enqueue(Note{"first"}, {.delay = 1min});
  const Uuid second = world.enqueue(Note{"second"}, {.after = first});
  world.enqueue(Note{"third"}, {.after = second});
  EXPECT_EQ(world.run_due(), 0U);
  world.clock.advance(1min);
  EXPECT_EQ(world.run_due(), 3U);
  EXPECT_THAT(world.seen(), ElementsAre("first", "second", "third"));
}

TEST_P(Jobs, CallBackWhenTheirBatchHasEnded) {
  const Uuid batch = world.new_id();
  world.enqueue(Note{"a"}, {.batch = batch});
  world.enqueue(Note{"fail"}, {.attempts_max = 1, .batch = batch});
  world.enqueue(Note{"b"}, {.delay = 1min, .batch = batch});
  world.enqueue(Note{"all"}, {.after_batch = batch});
  EXPECT_EQ(world.run_due(), 2U);
  world.clock.advance(1min);
  EXPECT_EQ(world.run_due(), 2U);
  EXPECT_THAT(world.seen(), ElementsAre("a", "fail", "b", "all"));
}

TEST_P(Jobs, SkipTheStepsThatAnEarlierAttemptStored) {
  world.enqueue(Steps{"x"});
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_THAT(world.seen(), ElementsAre("charge x", "ask x", "fail"));
  EXPECT_EQ(world.rows("charged"), 1);
  world.clock.advance(1h);
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_THAT(world.seen(), ElementsAre("charge x", "ask x", "fail", "done 7 answer"));
  EXPECT_EQ(world.rows("charged"), 1);
  EXPECT_EQ(world.rows("job_steps"), 0);
}

}  // namespace
}  // namespace ashlar::jobs
