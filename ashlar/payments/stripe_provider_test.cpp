// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/stripe_provider.hpp"

#include "ashlar/http/client/client.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/stripe_simulator.hpp"
#include "tests/support/test_loop.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::payments {
namespace {

using test::StripeFault;
using test::StripeRequest;

class StripeProviders : public testing::Test, protected tests::TestLoop {
 protected:
  StripeOptions options(const std::string& base) const {
    return {.api_base = base, .api_key = test::StripeSimulator::api_key, .request_time_max = std::chrono::seconds(10)};
  }
  NewIntent wanted(std::string card = {}) {
    return {.payment = payment,
            .order = Uuid::make(clock, random),
            .idempotency_key = "a key",
            .amount = Money::of_minor_units(1250),
            .currency = "EUR",
            .card = std::move(card),
            .created_at = clock.now()};
  }
  template <class T>
  static std::string code_of(const Result<T>& result) {
    return result ? "none" : std::string(result.error().code().name);
  }
  void next(StripeFault fault) {  // with the next request alone
    const int now = simulator.requests();
    simulator.set_faults([=](const StripeRequest& each) { return each.number == now ? fault : StripeFault::none; });
  }

  SystemClock clock;
  SystemRandom random;
  test::StripeSimulator simulator{clock};
  http::Client client{http::ClientOptions{.resolver = nullptr, .clock = nullptr}};
  StripeProvider stripe{client, options(simulator.url())};
  const Uuid payment = Uuid::make(clock, random);
};

// What each failure says of the outcome.
TEST_F(StripeProviders, MapEveryFailure) {
  const struct {
    std::string name, response, code;
    int retry_after = 0;
  } table[] = {
      {"another key", "HTTP/1.1 401 X\r\nContent-Length: 2\r\n\r\n{}", "payment.provider_unavailable"},
      {"a key without the right", "HTTP/1.1 403 X\r\nContent-Length: 2\r\n\r\n{}", "payment.provider_unavailable"},
      {"wrong arguments", "HTTP/1.1 400 X\r\nContent-Length: 2\r\n\r\n{}", "payment.provider_refused"},
      {"no such intent", "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}", "payment.intent_not_found"},
      {"a request under the key runs", "HTTP/1.1 409 X\r\nContent-Length: 2\r\n\r\n{}", "payment.outcome_unknown"},
      {"too many", "HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}", "payment.outcome_unknown", 7},
      {"a fault", "HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\nOops", "payment.outcome_unknown"},
      {"a fault that is stored", "HTTP/1.1 500 X\r\nIdempotent-Replayed: true\r\nContent-Length: 2\r\n\r\n{}",
       "payment.key_spent"},
      {"a proxy's fault", "HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n", "payment.outcome_unknown"},
      {"a redirect", "HTTP/1.1 302 X\r\nLocation: http://a.example/\r\nContent-Length: 0\r\n\r\n",
       "payment.outcome_unknown"},
      {"no JSON", "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nOK", "payment.outcome_unknown"},
      {"another document", "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\n{}", "payment.outcome_unknown"},
      {"a declined card without its intent", "HTTP/1.1 402 X\r\nContent-Length: 2\r\n\r\n{}",
       "payment.outcome_unknown"},
      {"half an answer", "HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{", "payment.outcome_unknown"},
      {"no HTTP", "hello\r\n\r\n", "payment.outcome_unknown"},
  };
  for (const auto& [name, response, code, retry_after] : table) {
    test::ScriptedServer server(test::answer_once_with(response));
    const std::string url = server.url();
    StripeProvider of_server(client, options(url.substr(0, url.size() - 1)));
    const auto created = await(of_server.create(wanted()));
    ASSERT_FALSE(created) << name;
    EXPECT_EQ(created.error().code().name, code) << name;
    EXPECT_EQ(created.error().retry_after().count(), retry_after) << name;
    EXPECT_FALSE(created.error().cause().contains(test::StripeSimulator::api_key)) << name;
  }
}

TEST_F(StripeProviders, TellAnUnreachableApiFromALostAnswer) {
  StripeProvider nowhere(client, options("http://127.0.0.1:1"));
  EXPECT_EQ(code_of(await(nowhere.create(wanted()))), "payment.provider_unavailable");
  next(StripeFault::lost_answer);
  EXPECT_EQ(code_of(await(stripe.create(wanted("pm_card_visa")))), "payment.outcome_unknown");
  const auto again = await(stripe.create(wanted("pm_card_visa")));
  EXPECT_EQ(code_of(again), "payment.provider_refused") << "another order, so other arguments under the key";
  EXPECT_EQ(simulator.ledger().charged, 1);
}

TEST_F(StripeProviders, RepeatACallUnderItsKey) {
  const NewIntent same = wanted("pm_card_visa");
  next(StripeFault::lost_answer);
  EXPECT_FALSE(await(stripe.create(same)));
  const auto intent = await(stripe.create(same));
  ASSERT_TRUE(intent) << intent.error().cause();
  EXPECT_EQ(intent->status, IntentStatus::succeeded);
  EXPECT_EQ(simulator.ledger().charged, 1);
}

TEST_F(StripeProviders, FindAnIntentWhoseKeyIsSpent) {
  const NewIntent same = wanted("pm_card_visa");
  next(StripeFault::stored_500);
  EXPECT_EQ(code_of(await(stripe.create(same))), "payment.outcome_unknown");
  EXPECT_EQ(code_of(await(stripe.create(same))), "payment.key_spent");
  const auto found = await(stripe.find({.payment = payment, .from = same.created_at, .until = clock.now()}));
  ASSERT_TRUE(found && found->size() == 1);
  EXPECT_EQ(found->front().status, IntentStatus::succeeded);
}

TEST_F(StripeProviders, ReadEveryPage) {
  for (int i = 0; i < 205; ++i) {
    NewIntent each = wanted();
    each.idempotency_key = std::to_string(i);
    if (i % 100 != 7) each.payment = Uuid();
    ASSERT_TRUE(await(stripe.create(each)));
  }
  const auto found =
      await(stripe.find({.payment = payment, .from = clock.now() - std::chrono::hours(1), .until = clock.now()}));
  ASSERT_TRUE(found) << found.error().cause();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->front().id, "pi_8") << "the oldest first";
  const auto none = await(stripe.find(
      {.payment = payment, .from = clock.now() - std::chrono::hours(2), .until = clock.now() - std::chrono::hours(1)}));
  EXPECT_TRUE(none && none->empty());
}

TEST_F(StripeProviders, CreateConfirmAndRefund) {
  const auto open = await(stripe.create(wanted()));
  ASSERT_TRUE(open) << open.error().cause();
  EXPECT_EQ(open->status, IntentStatus::awaiting_customer);
  EXPECT_EQ(open->payment, payment);
  EXPECT_EQ(open->currency, "EUR");
  EXPECT_EQ(open->amount.minor_units(), 1250);
  EXPECT_EQ(open->client_secret, "pi_1_secret_1");
  EXPECT_TRUE(simulator.confirm("pi_1", "pm_card_visa"));
  EXPECT_EQ(await(stripe.retrieve("pi_1"))->status, IntentStatus::succeeded);
  EXPECT_EQ(await(stripe.cancel("pi_1"))->status, IntentStatus::succeeded) << "too late";
  EXPECT_EQ(await(stripe.refund({.intent = "pi_1", .idempotency_key = "refund"})), RefundStatus::succeeded);
  EXPECT_EQ(await(stripe.refund({.intent = "pi_1", .idempotency_key = "refund"})), RefundStatus::succeeded);
  EXPECT_EQ(await(stripe.refund({.intent = "pi_1", .idempotency_key = "another"})), RefundStatus::succeeded);
  EXPECT_EQ(simulator.ledger().refunded, 1);
}

TEST_F(StripeProviders, ReportADeclinedCardAsAnIntent) {
  const auto declined = await(stripe.create(wanted("pm_card_chargeDeclined")));
  ASSERT_TRUE(declined) << declined.error().cause();
  EXPECT_EQ(declined->status, IntentStatus::failed);
  EXPECT_EQ(declined->failure, "generic_decline");
  EXPECT_EQ(await(stripe.cancel(declined->id))->status, IntentStatus::cancelled);
  EXPECT_EQ(await(stripe.cancel(declined->id))->status, IntentStatus::cancelled) << "cancelled before";
  EXPECT_EQ(code_of(await(stripe.retrieve("pi_none"))), "payment.intent_not_found");
  EXPECT_EQ(code_of(await(stripe.retrieve("../refunds?x"))), "payment.intent_not_found") << "no other path";
  EXPECT_EQ(simulator.seen().back().path, "/v1/payment_intents/..%2Frefunds%3Fx");
}

TEST_F(StripeProviders, CancelAgainAfterAFault) {
  const auto open = await(stripe.create(wanted()));
  next(StripeFault::failed_500);
  EXPECT_EQ(code_of(await(stripe.cancel(open->id))), "payment.outcome_unknown");
  EXPECT_EQ(await(stripe.cancel(open->id))->status, IntentStatus::cancelled);
}

TEST_F(StripeProviders, KeepWhatIsBeingProcessed) {
  const auto slow = await(stripe.create(wanted("pm_slow")));
  ASSERT_TRUE(slow);
  EXPECT_EQ(slow->status, IntentStatus::processing);
  EXPECT_EQ(await(stripe.cancel(slow->id))->status, IntentStatus::processing);
  simulator.settle(slow->id);
  EXPECT_EQ(await(stripe.retrieve(slow->id))->status, IntentStatus::succeeded);
}

}  // namespace
}  // namespace ashlar::payments
