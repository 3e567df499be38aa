// SPDX-License-Identifier: Apache-2.0
// Jobs that cannot run, and what operators do with jobs.
#include "ashlar/jobs/conformance/job_world.hpp"
#include "ashlar/jobs/detail/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::jobs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

class JobRefusals : public testing::TestWithParam<bool> {
 protected:
  World world{GetParam()};
  api::SystemCall call{world.environment, "test"};
};
INSTANTIATE_TEST_SUITE_P(On, JobRefusals, testing::Values(false, true),
                         [](const auto& each) { return each.param ? "Postgres" : "Sqlite"; });

TEST_P(JobRefusals, EnqueueingWhatCannotBeMeantThrows) {
  for (const EnqueueOptions& options :
       {EnqueueOptions{.priority = 10}, EnqueueOptions{.priority = -1}, EnqueueOptions{.queue = "No Queue"},
        EnqueueOptions{.attempts_max = 0}, EnqueueOptions{.group = std::string(256, 'g')},
        EnqueueOptions{.unique_key = std::string(256, 'k')}, EnqueueOptions{.delay = -1s}})
    EXPECT_THROW(world.enqueue(Note{"a"}, options), std::logic_error);
  EXPECT_THROW(world.enqueue(Unlisted{}), std::logic_error) << "no line";
  EXPECT_EQ(world.rows("jobs"), 0);
}

TEST_P(JobRefusals, GoToDeadLettersWithTheReason) {
  world.enqueue(Note{"a"});
  world.run("update jobs set arguments = '{\"text\": 7}'");
  world.enqueue(Note{"b"});
  world.run("update jobs set kind = 'gone' where arguments like '%b%'");
  world.enqueue(Note{"c"}, {.not_after = world.clock.now() + 1s});
  world.enqueue(Note{"throw"}, {.attempts_max = 1});
  world.clock.advance(2s);
  world.enqueue(Note{"d"});
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre("throw", "d"));
  std::vector<std::string> errors;
  for (const JobView& view : world.views()) {
    if (view.status == Status::dead) errors.push_back(*view.error);
  }
  EXPECT_THAT(errors, testing::UnorderedElementsAre(
                          HasSubstr("job.unreadable: The arguments do not fit this kind of job any more. /text"),
                          HasSubstr("job.unknown_kind: "), HasSubstr("job.expired: "), HasSubstr("internal: thrown")));
}

TEST_P(JobRefusals, AnErrorWithTextThatNoDatabaseTakesHoldsUpNothing) {
  for (const char* text : {"bad text", "nul", "a"}) world.enqueue(Note{text}, {.attempts_max = 1});
  world.run_due();
  EXPECT_EQ(world.error("bad text"), "(the text of the error is not UTF-8)");
  EXPECT_EQ(world.error("nul"), "note.refused: a b");
  EXPECT_EQ(world.status("a"), "done");
}

TEST_P(JobRefusals, OnlyARefusalOfTheGuardIsFinal) {
  world.enqueue(Note{"forbid"});
  world.run_due();
  EXPECT_EQ(world.status("forbid"), "failed") << "the handler returned it";
}

TEST_P(JobRefusals, AStoredStepThatIsNotDeclaredIsNamed) {
  world.enqueue(Steps{"x"});
  world.run_due();
  world.run("insert into job_steps (job_id, name, result) select id, 'packed', '1' from jobs");
  world.clock.advance(1h);
  world.run_due();
  EXPECT_EQ(world.error("x"), "job.unknown_step: The handler does not declare the stored step packed.");
  EXPECT_EQ(world.rows("job_steps"), 3) << "kept for the retry";
}

TEST_P(JobRefusals, ADeadJobIsRetriedWithItsSteps) {
  world.enqueue(Note{"fail"}, {.attempts_max = 1});
  world.run_due();
  const Uuid id = world.views().front().id;
  EXPECT_EQ(world.status("fail"), "dead");
  const auto retried = world.await(world.admin().retry(call, id));
  ASSERT_TRUE(retried) << retried.error().cause();
  EXPECT_EQ(retried->status, Status::waiting);
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_EQ(world.status("fail"), "dead");
  EXPECT_EQ(world.rows("job_history"), 1);
}

TEST_P(JobRefusals, OnlyWhatTheStatusAllowsIsDone) {
  const Uuid id = world.enqueue(Note{"a"});
  const auto code_of = [](const auto& result) {
    return result ? std::string("ok") : std::string(result.error().code().name);
  };
  EXPECT_EQ(code_of(world.await(world.admin().retry(call, world.new_id()))), "job.not_found");
  EXPECT_EQ(code_of(world.await(world.admin().cancel(call, world.new_id()))), "job.not_found");
  EXPECT_EQ(code_of(world.await(world.admin().retry(call, id))), "job.wrong_status");
  world.run_due();
  EXPECT_EQ(code_of(world.await(world.admin().retry(call, id))), "job.wrong_status");
  EXPECT_EQ(code_of(world.await(world.admin().cancel(call, id))), "job.wrong_status");
  EXPECT_EQ(code_of(world.await(world.admin().change_queue(call, "none", {}))), "job.queue_not_found");
}

TEST_P(JobRefusals, ACancelledJobTakesItsSuccessorsAlong) {
  const Uuid first = world.enqueue(Note{"first"}, {.delay = 1h});
  const Uuid second = world.enqueue(Note{"second"}, {.after = first});
  world.enqueue(Note{"third"}, {.after = second});
  world.enqueue(Note{"next"}, {.group = "g"});
  const auto cancelled = world.await(world.admin().cancel(call, first));
  ASSERT_TRUE(cancelled) << cancelled.error().cause();
  EXPECT_EQ(cancelled->status, Status::cancelled);
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre("next"));
  EXPECT_EQ(world.status("second"), "cancelled");
  EXPECT_EQ(world.status("third"), "cancelled");
}

TEST_P(JobRefusals, APausedQueueBeginsNothing) {
  world.run_due();  // makes the queue's row
  using Paused = QueueChange::Paused;
  ASSERT_TRUE(world.await(world.admin().change_queue(call, "default", {.paused = Paused::yes})));
  world.enqueue(Note{"a"});
  EXPECT_EQ(world.run_due(), 0U);
  const auto view = world.await(world.admin().queue("default"));
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->paused);
  EXPECT_EQ(view->waiting, 1);
  ASSERT_TRUE(world.await(world.admin().change_queue(call, "default", {.paused = Paused::no})));
  EXPECT_EQ(world.run_due(), 1U);
}

TEST_P(JobRefusals, ARateHoldsOverEveryMinute) {
  world.run_due();
  ASSERT_TRUE(world.await(world.admin().change_queue(call, "default", {.rate_per_minute = 120})));
  for (int i = 0; i < 40; ++i) world.enqueue_all({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"});
  std::vector<std::size_t> begun;
  for (int second = 0; second < 150; ++second) {
    begun.push_back(world.run_due());
    world.clock.advance(1s);
  }
  for (std::size_t from = 0; from + 61 <= begun.size(); ++from) {
    std::size_t in_window = 0;
    for (std::size_t i = 0; i < 60; ++i) in_window += begun[from + i];
    EXPECT_LE(in_window, 120U) << from;
    EXPECT_EQ(in_window + begun[from + 60], 120U) << from;
  }
}

TEST_P(JobRefusals, AJobOfADeadWorkerIsRescuedAndItsAttemptCounts) {
  world.enqueue(Note{"a"}, {.attempts_max = 2});
  detail::Store store(*world.database);
  const Uuid dead = world.new_id();
  ASSERT_EQ(world.await(store.claim("default", 10, dead, world.clock.now()))->size(), 1U);
  EXPECT_EQ(world.run_due(), 1U);
  EXPECT_THAT(world.seen(), ElementsAre("a"));
  EXPECT_EQ(world.views().front().attempt, 2);
}

TEST_P(JobRefusals, AJobThatKillsItsWorkersDies) {
  world.enqueue(Note{"poison"}, {.attempts_max = 2});
  detail::Store store(*world.database);
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(world.await(store.claim("default", 10, world.new_id(), world.clock.now()))->size(), 1U);
    ASSERT_EQ(*world.await(store.rescue(world.clock.now())), 1);
    ASSERT_EQ(*world.await(store.promote(world.clock.now())), 1);
  }
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre());
  EXPECT_EQ(world.status("poison"), "dead");
  EXPECT_THAT(world.error("poison"), HasSubstr("job.worker_lost"));
}

TEST_P(JobRefusals, ACompletionThatIsWrittenTwiceCountsOnce) {
  world.enqueue(Note{"a"});
  detail::Store store(*world.database);
  const auto claimed = world.await(store.claim("default", 10, world.new_id(), world.clock.now()));
  const std::vector<detail::AttemptEnd> ends{{.seq = claimed->front().seq, .attempt = 1, .status = "done"}};
  EXPECT_EQ(world.await(store.end(ends, world.clock.now()))->size(), 1U);
  EXPECT_EQ(world.await(store.end(ends, world.clock.now()))->size(), 0U);
  EXPECT_EQ(world.rows("job_history"), 1);
}

TEST_P(JobRefusals, ALateCompletionOfAnEarlierAttemptIsLeftAlone) {
  world.enqueue(Note{"a"});
  detail::Store store(*world.database);
  const Timestamp now = world.clock.now();
  const auto first = world.await(store.claim("default", 10, world.new_id(), now));
  ASSERT_EQ(*world.await(store.rescue(now)), 1);
  ASSERT_EQ(*world.await(store.promote(now)), 1);
  const Uuid second = world.new_id();
  ASSERT_EQ(world.await(store.claim("default", 10, second, now))->size(), 1U);
  EXPECT_EQ(world.await(store.end({{.seq = first->front().seq, .attempt = 1, .status = "done"}}, now))->size(), 0U);
  EXPECT_EQ(world.await(store.end({{.seq = first->front().seq, .attempt = 2, .status = "done"}}, now))->size(), 1U);
}

TEST_P(JobRefusals, AClaimWhoseAnswerWasLostIsGivenBack) {
  world.enqueue_all({"a", "b"});
  detail::Store store(*world.database);
  const Uuid worker = world.new_id();
  const auto claimed = world.await(store.claim("default", 1, worker, world.clock.now()));
  ASSERT_EQ(world.await(store.claim("default", 1, worker, world.clock.now()))->size(), 1U);  // its answer is lost
  EXPECT_EQ(*world.await(store.give_back_unknown(worker, {claimed->front().seq})), 1);
  const auto again = world.await(store.claim("default", 10, worker, world.clock.now()));
  ASSERT_EQ(again->size(), 1U);
  EXPECT_EQ(again->front().attempt, 1);
}

}  // namespace
}  // namespace ashlar::jobs
