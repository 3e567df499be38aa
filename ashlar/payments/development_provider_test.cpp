// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/development_provider.hpp"

#include "ashlar/core/random.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::payments {
namespace {

using std::chrono_literals::operator""ms;

class DevelopmentProviders : public testing::Test, protected tests::TestLoop {
 protected:
  NewIntent wanted(std::string card) {
    return {.payment = Uuid::make(clock, random),
            .order = Uuid::make(clock, random),
            .idempotency_key = "a key",
            .amount = Money::of_minor_units(1250),
            .currency = "EUR",
            .card = std::move(card),
            .created_at = clock.now()};
  }

  ManualClock clock{Timestamp::from_milliseconds(1'764'500'000'000)};
  SystemRandom random;
  DevelopmentProvider provider{clock};
};

TEST_F(DevelopmentProviders, RefuseWhatIsNotTheirs) {
  EXPECT_EQ(await(provider.create(wanted("4242424242424242"))).error().code(), errors::provider_refused);
  for (const char* id :
       {"", "pi_1", "pi_dev_", "pi_dev_x.1.2.EUR.", "pi_dev_01900000-0000-7000-8000-000000000001.1.-2.EUR.",
        "pi_dev_01900000-0000-7000-8000-000000000001.1.2.EUR.evil"}) {
    EXPECT_EQ(await(provider.retrieve(id)).error().code(), errors::intent_not_found) << id;
  }
  const auto declined = await(provider.create(wanted("decline")));
  EXPECT_EQ(await(provider.refund({.intent = declined->id, .idempotency_key = "x"})).error().code(),
            errors::provider_refused);
}

TEST_F(DevelopmentProviders, SettleByThemselves) {
  const struct {
    std::string card;
    IntentStatus at_once, soon, late;
    std::size_t looks;
  } table[] = {
      {"", IntentStatus::processing, IntentStatus::succeeded, IntentStatus::succeeded, 1},
      {"ok", IntentStatus::processing, IntentStatus::succeeded, IntentStatus::succeeded, 1},
      {"twice", IntentStatus::processing, IntentStatus::succeeded, IntentStatus::succeeded, 2},
      {"late", IntentStatus::processing, IntentStatus::processing, IntentStatus::succeeded, 1},
      {"decline", IntentStatus::failed, IntentStatus::failed, IntentStatus::failed, 1},
  };
  for (const auto& [card, at_once, soon, late, looks] : table) {
    const NewIntent each = wanted(card);
    const auto intent = await(provider.create(each));
    ASSERT_TRUE(intent) << card;
    EXPECT_EQ(intent->status, at_once) << card;
    EXPECT_NE(intent->client_secret, "");
    clock.advance(1'000ms);
    EXPECT_EQ(await(provider.retrieve(intent->id))->status, soon) << card;
    clock.advance(5'000ms);
    EXPECT_EQ(await(provider.create(each))->status, late) << card;
    EXPECT_EQ(provider.look_after(each).size(), looks) << card;
    // Another process knows the intent by its id.
    DevelopmentProvider restarted(clock);
    EXPECT_EQ(await(restarted.retrieve(intent->id))->status, late) << card;
    EXPECT_EQ(await(restarted.retrieve(intent->id))->payment, each.payment);
  }
}

TEST_F(DevelopmentProviders, LoseOneAnswer) {
  const NewIntent each = wanted("lost_answer");
  EXPECT_EQ(await(provider.create(each)).error().code(), errors::outcome_unknown);
  const auto found = await(provider.find({.payment = each.payment, .from = {}, .until = {}}));
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(await(provider.create(each))->id, found->front().id);
}

TEST_F(DevelopmentProviders, CancelWhatIsNotTooLate) {
  const auto open = await(provider.create(wanted("ok")));
  EXPECT_EQ(await(provider.cancel(open->id))->status, IntentStatus::cancelled);
  clock.advance(1'000ms);
  EXPECT_EQ(await(provider.retrieve(open->id))->status, IntentStatus::cancelled);
  const auto late = await(provider.create(wanted("late")));
  EXPECT_EQ(await(provider.cancel(late->id))->status, IntentStatus::processing);
  clock.advance(6'000ms);
  EXPECT_EQ(await(provider.cancel(late->id))->status, IntentStatus::succeeded);
  EXPECT_EQ(await(provider.refund({.intent = late->id, .idempotency_key = "x"})), RefundStatus::succeeded);
}

}  // namespace
}  // namespace ashlar::payments
