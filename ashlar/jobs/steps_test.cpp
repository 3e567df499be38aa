// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/principal.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/jobs/conformance/job_world.hpp"
#include "ashlar/jobs/detail/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ashlar::jobs {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

struct Overtaken {
  static constexpr std::string_view job_name = "overtaken";
  std::string text;
};
ASHLAR_DESCRIBE(Overtaken, text)

// Between its beginning and its step, the job is rescued and another worker begins it.
Task<Result<>> overtaken(JobCall& call, Overtaken in, World& world) {
  if (call.attempt() == 1) {
    detail::Store store(*world.database);
    const Timestamp now = world.clock.now();
    (void)co_await unwrap(sql::execute(*world.database, "delete from job_workers"));
    (void)co_await unwrap(store.rescue(now));
    (void)co_await unwrap(store.promote(now));
    (void)co_await unwrap(store.claim("default", 10, call.new_id(), now));
  }
  const auto charged = co_await call.step("charge", charge, in.text, &world.journal);
  world.journal.write(charged ? "charged" : std::string(charged.error().code().name));
  if (!charged) co_return std::unexpected(charged.error());
  co_return Result<>{};
}

struct Whoami {
  static constexpr std::string_view job_name = "whoami";
  std::string text;
};
ASHLAR_DESCRIBE(Whoami, text)

Task<Result<>> whoami(JobCall& call, Whoami in, World& world) {
  const auto* principal = call.principal();
  world.journal.write(in.text + " " + (principal != nullptr ? principal->email : "nobody") + " " +
                      std::string(call.client_address()));
  co_return Result<>{};
}

struct Guarded {
  static constexpr std::string_view job_name = "guarded";
  std::string text;
};
ASHLAR_DESCRIBE(Guarded, text)
Task<Result<>> guarded(JobCall&, Guarded in, World& world) {
  world.journal.write(in.text);
  co_return Result<>{};
}

struct Hidden {
  static constexpr std::string_view job_name = "hidden";
  std::string text;
};
ASHLAR_DESCRIBE(Hidden, text)
Task<Result<>> hidden(JobCall&, Hidden in, World& world) {
  world.journal.write(in.text);
  co_return Result<>{};
}

class JobSteps : public testing::TestWithParam<bool> {
 protected:
  World world{GetParam(), [](Table& table, World& its_world) {
                table.add<Overtaken>(overtaken, its_world);
                table.add<Whoami>(whoami, its_world);
                table.add<Guarded>(guarded, its_world).permission("send:mail");
                table.add<Hidden>(hidden, its_world).encrypted();
                table.every("0 9 * * *", "Europe/Zurich", Note{"daily"});
              }};
  auth::Principal person(std::string email, std::vector<std::string> permissions = {}) {
    auth::Principal out{};
    out.id = world.new_id();
    out.email = std::move(email);
    out.permissions = std::move(permissions);
    return out;
  }
  template <Job J>
  void enqueue_as(const auth::Principal& principal, J job) {
    api::SystemCall system(world.environment, "test");
    api::Call& call = system;
    call.set_principal(std::make_shared<auth::Principal>(principal));
    call.set_client("192.0.2.7", "a browser");
    ASSERT_TRUE(world.await(world.units->run(call, &World::enqueue_in<J>, &world, job, EnqueueOptions{})));
  }
};
INSTANTIATE_TEST_SUITE_P(On, JobSteps, testing::Values(false, true),
                         [](const auto& each) { return each.param ? "Postgres" : "Sqlite"; });

TEST_P(JobSteps, OfAnAttemptThatLostItsJobDoNotCommit) {
  world.enqueue(Overtaken{"x"});
  world.run_due();
  // The other worker is dead, too: its attempt is rescued, and the third one charges.
  EXPECT_THAT(world.seen(), ElementsAre("job.superseded", "charge x", "charged"));
  EXPECT_EQ(world.rows("charged"), 1);
}

TEST_P(JobSteps, RunForThePrincipalThatEnqueued) {
  enqueue_as(person("ada@example.com"), Whoami{"a"});
  world.enqueue(Whoami{"b"});
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre("a ada@example.com 192.0.2.7", "b nobody job"));
}

TEST_P(JobSteps, APrincipalWithoutThePermissionIsRefusedForGood) {
  enqueue_as(person("ada@example.com"), Guarded{"no"});
  enqueue_as(person("bob@example.com", {"send:mail"}), Guarded{"yes"});
  world.run_due();
  EXPECT_THAT(world.seen(), ElementsAre("yes"));
  EXPECT_EQ(world.status("no"), "dead");
}

TEST_P(JobSteps, EncryptedArgumentsAreNotInTheDatabase) {
  const auth::SecretBox secrets({auth::SecretBoxKey::generate("a", world.random)}, world.random);
  const Enqueuer enqueuer(world.table, world.doorbell, &secrets);
  EXPECT_THROW(world.enqueue(Hidden{"card"}), std::logic_error) << "without keys";
  api::SystemCall call(world.environment, "test");
  const auto body = +[](api::UnitOfWork& unit, const Enqueuer* its_enqueuer) -> Task<Result<>> {
    its_enqueuer->enqueue(unit, Hidden{"card 4242"});
    co_return Result<>{};
  };
  ASSERT_TRUE(world.await(world.units->run(call, body, &enqueuer)));
  EXPECT_EQ(world.rows("jobs where arguments like '%4242%'"), 0);
  EXPECT_EQ(world.views().front().arguments, std::nullopt);
  Worker worker({.table = world.table,
                 .enqueuer = enqueuer,
                 .doorbell = world.doorbell,
                 .units = *world.units,
                 .secrets = &secrets},
                world.environment);
  world.run_due(worker);
  EXPECT_THAT(world.seen(), ElementsAre("card 4242"));
}

// 08:30Z is 10:30 in Zurich.
TEST_P(JobSteps, AScheduleEnqueuesEachTickOnceOnAllWorkers) {
  const auto other = world.new_worker();
  EXPECT_EQ(world.run_due(), 0U);
  world.clock.advance(22h + 29min);
  EXPECT_EQ(world.run_due(), 0U);
  world.clock.advance(1min);
  EXPECT_EQ(world.run_due() + world.run_due(*other), 1U);
  world.clock.advance(23h + 55min);
  EXPECT_EQ(world.run_due(*other), 0U);
  world.clock.advance(10min);
  EXPECT_EQ(world.run_due(*other), 0U) << "five minutes late: missed";
  EXPECT_THAT(world.seen(), ElementsAre("daily"));
}

}  // namespace
}  // namespace ashlar::jobs
