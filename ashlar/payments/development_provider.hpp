// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/payments/provider.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace ashlar::payments {

struct DevelopmentOptions {
  std::chrono::milliseconds settles_after{300};  // from the payment's creation
  std::chrono::milliseconds late_after{5'000};   // the same with the card `late`
  std::size_t intents_max = 10'000;              // kept in memory; beyond that all of them are dropped
};

// A provider in the process, for development: no money moves. Without a card, and with the card `ok`, an intent
// succeeds by itself. Other cards misbehave as a real provider can:
//
//   decline      the intent fails
//   lost_answer  the answer to the first create() is lost: the intent exists
//   late         the intent stays in processing for late_after
//   twice        the outcome is reported twice
//
// An intent's id holds the payment, its card, its amount and its time of creation, so its outcome follows from
// the id and the clock, also after a restart. Kept in memory, and lost with the process, are only cancellations and
// which payments have an intent, for find(). Usable from every loop. The clock outlives it.
class DevelopmentProvider final : public Provider {
 public:
  explicit DevelopmentProvider(const Clock& clock, DevelopmentOptions options = {})
      : clock_(clock), options_(options) {}

  [[nodiscard]] std::string_view name() const override { return "development"; }
  [[nodiscard]] bool accepts(std::string_view card) const override;  // one of the above
  Task<Result<Intent>> create(NewIntent intent) override;
  Task<Result<Intent>> retrieve(std::string id) override;
  Task<Result<std::vector<Intent>>> find(IntentSearch search) override;
  Task<Result<Intent>> cancel(std::string id) override;
  Task<Result<RefundStatus>> refund(NewRefund refund) override;
  [[nodiscard]] std::vector<std::chrono::milliseconds> look_after(const NewIntent& intent) const override;

 private:
  [[nodiscard]] Result<Intent> find_intent(const std::string& id);

  const Clock& clock_;
  const DevelopmentOptions options_;
  std::mutex mutex_;  // of what follows
  std::map<Uuid, std::string> created_;
  std::set<std::string> cancelled_;
};

}  // namespace ashlar::payments
