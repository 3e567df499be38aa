// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/payments/provider.hpp"
#include "ashlar/payments/stripe_event.hpp"
#include "backend/payments/payment_repository.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace ashlar::backend {

struct PaymentTimes {
  std::chrono::milliseconds pending_max{30 * 60 * 1'000};    // then an intent that awaits its customer is cancelled
  std::chrono::milliseconds first_check{30'000};             // after a change; each check without one doubles it
  std::chrono::milliseconds check_max{10 * 60 * 1'000};      // up to this
  std::chrono::milliseconds key_age_max{20 * 3600 * 1'000};  // Stripe keeps idempotency keys for 24 hours
  std::chrono::milliseconds call_time_max{120'000};          // then a call to the provider has certainly ended
  std::chrono::milliseconds answer_wait_max{3'000};          // that the reply to a new payment waits for the provider
  std::chrono::milliseconds event_kept{30LL * 24 * 3600 * 1'000};
  std::int64_t payments_per_pass = 100;  // that one reconcile() looks at
};

enum class PaymentTrigger : std::uint8_t { asked, due };  // due: only when its time has come

// Takes payments from "an order is to be paid" to their ends, whatever fails in between. A payment's row says what is
// next; each step is one unit that stores what is about to be done, one call to the provider, and one unit that stores
// what came of it. A step that did not end is done again, by the job or by reconcile(): calls to the provider are
// repeated under the same idempotency key, and reports are taken any number of times (settlement.hpp).
// docs/design/payments.md draws the states. Usable from every loop.
class Payments {
 public:
  // All of them outlive it. Without a provider nothing can be paid.
  Payments(api::Units& units, const jobs::Enqueuer& enqueuer, payments::Provider* provider, PaymentTimes times)
      : units_(units), enqueuer_(enqueuer), provider_(provider), times_(times) {}
  Payments(const Payments&) = delete;
  Payments& operator=(const Payments&) = delete;

  [[nodiscard]] payments::Provider* provider() const { return provider_; }
  [[nodiscard]] const PaymentTimes& times() const { return times_; }

  // Has the job process-payment run after the unit's commit, and after the delay.
  void process_after(api::UnitOfWork& unit, Uuid payment, std::chrono::milliseconds delay) const;
  // What else a failed attempt to pay an order causes: the hook's effects commit with the failure. Set before the first
  // call.
  using FailureHook = std::function<Task<Result<>>(api::UnitOfWork&, Uuid order)>;
  void on_failure(FailureHook hook) { failure_hook_ = std::move(hook); }
  Task<Result<>> after_failure(api::UnitOfWork& unit, Uuid order) const;
  // For tests: called at each point where a crash could leave a payment in another state, with the point's name. What
  // it throws ends advance() and receive() there, as a crash would. Set before the first call.
  void on_point(std::function<void(std::string_view)> observer) { observer_ = std::move(observer); }

  // Does the payment's next step. Errors: those of the provider that are worth a repetition, and of the database.
  Task<Result<>> advance(api::Call& call, Uuid payment);
  // Takes an event of Stripe's: the event and its effect commit together, and an event that came before has none.
  Task<Result<>> receive(api::Call& call, payments::StripeEvent event);
  // Advances what is due, and forgets old events. Returns how many payments it looked at; those that failed are logged,
  // and come again later.
  Task<Result<std::int64_t>> reconcile(api::Call& call);

 private:
  Task<Result<>> advance(api::Call& call, Uuid payment, PaymentTrigger trigger);
  Task<Result<>> finish_others(api::Call& call, PaymentRow payment);
  Task<Result<>> create(api::Call& call, PaymentRow payment);
  Task<Result<>> find(api::Call& call, PaymentRow payment);
  Task<Result<>> retrieve(api::Call& call, PaymentRow payment);
  Task<Result<>> cancel(api::Call& call, PaymentRow payment);
  Task<Result<>> refund(api::Call& call, PaymentRow payment);
  Task<Result<>> settle_with(api::Call& call, Uuid payment, payments::Intent intent);
  void pass(std::string_view point) const {
    if (observer_) observer_(point);
  }

  api::Units& units_;
  const jobs::Enqueuer& enqueuer_;
  payments::Provider* provider_;
  const PaymentTimes times_;
  FailureHook failure_hook_;
  std::function<void(std::string_view)> observer_;  // empty but in tests
};

}  // namespace ashlar::backend
