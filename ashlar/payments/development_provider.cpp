// SPDX-License-Identifier: Apache-2.0
#include "ashlar/payments/development_provider.hpp"

#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ashlar::payments {

namespace {

constexpr std::string_view prefix = "pi_dev_";
constexpr std::array<std::string_view, 6> cards = {"", "ok", "decline", "lost_answer", "late", "twice"};

bool is_card(std::string_view name) { return std::ranges::find(cards, name) != cards.end(); }

// pi_dev_<payment>.<milliseconds of its creation>.<minor units>.<currency>.<card>
struct Parts {
  Uuid payment;
  Timestamp created_at;
  Money amount;
  std::string currency;
  std::string card;
};

std::string take_part(std::string_view& text) {
  const std::size_t end = std::min(text.find('.'), text.size());
  std::string out(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return out;
}

std::optional<Parts> parts_of(std::string_view id) {
  if (!id.starts_with(prefix)) return std::nullopt;
  id.remove_prefix(prefix.size());
  const auto payment = Uuid::parse(take_part(id));
  const auto created_at = parse_integer<std::int64_t>(take_part(id));
  const auto minor_units = parse_integer<std::int64_t>(take_part(id));
  Parts out{.payment = {}, .created_at = {}, .amount = {}, .currency = take_part(id), .card = std::string(id)};
  if (!payment || !created_at || !minor_units || !is_card(out.card)) return std::nullopt;
  if (*created_at < 0 || *created_at > Timestamp::milliseconds_max) return std::nullopt;
  if (*minor_units < 0 || *minor_units > 999'999'999'999'999) return std::nullopt;
  out.payment = *payment;
  out.created_at = Timestamp::from_milliseconds(*created_at);
  out.amount = Money::of_minor_units(*minor_units);
  return out;
}

std::string id_of(const NewIntent& intent) {
  return std::string(prefix) + intent.payment.to_string() + "." + std::to_string(intent.created_at.milliseconds()) +
         "." + std::to_string(intent.amount.minor_units()) + "." + intent.currency + "." + intent.card;
}

}  // namespace

bool DevelopmentProvider::accepts(std::string_view card) const { return is_card(card); }

Result<Intent> DevelopmentProvider::find_intent(const std::string& id) {
  const auto parts = parts_of(id);
  if (!parts) return fail(errors::intent_not_found, "The payment provider has no such payment.");
  Intent out{.id = id,
             .status = IntentStatus::processing,
             .amount = parts->amount,
             .currency = parts->currency,
             .client_secret = id + ".secret",
             .payment = parts->payment,
             .failure = {}};
  const std::scoped_lock lock(mutex_);
  const auto delay = parts->card == "late" ? options_.late_after : options_.settles_after;
  if (cancelled_.contains(id)) {
    out.status = IntentStatus::cancelled;
  } else if (parts->card == "decline") {
    out.status = IntentStatus::failed;
    out.failure = "card_declined";
  } else if (clock_.now() >= parts->created_at + delay) {
    out.status = IntentStatus::succeeded;
  }
  return out;
}

Task<Result<Intent>> DevelopmentProvider::create(NewIntent intent) {
  const std::string id = id_of(intent);
  if (!parts_of(id)) co_return fail(errors::provider_refused, "The payment provider knows no such card.");
  bool is_first = false;
  {
    const std::scoped_lock lock(mutex_);
    if (created_.size() >= options_.intents_max) created_.clear();
    is_first = created_.emplace(intent.payment, id).second;
  }
  if (is_first && intent.card == "lost_answer")
    co_return std::unexpected(Error(errors::outcome_unknown, "The payment provider did not answer."));
  co_return find_intent(id);
}

Task<Result<Intent>> DevelopmentProvider::retrieve(std::string id) { co_return find_intent(id); }

Task<Result<std::vector<Intent>>> DevelopmentProvider::find(IntentSearch search) {
  std::string id;
  {
    const std::scoped_lock lock(mutex_);
    const auto created = created_.find(search.payment);
    if (created == created_.end()) co_return std::vector<Intent>{};
    id = created->second;
  }
  std::vector<Intent> out;
  out.push_back(co_await unwrap(find_intent(id)));
  co_return out;
}

Task<Result<Intent>> DevelopmentProvider::cancel(std::string id) {
  auto intent = co_await unwrap(find_intent(id));
  if (intent.status == IntentStatus::succeeded) co_return intent;
  // As with Stripe's slow payment methods: what is being processed can no longer be stopped.
  const auto parts = parts_of(id);
  if (intent.status == IntentStatus::processing && parts && parts->card == "late") co_return intent;
  {
    const std::scoped_lock lock(mutex_);
    if (cancelled_.size() >= options_.intents_max) cancelled_.clear();
    cancelled_.insert(id);
  }
  co_return find_intent(id);
}

Task<Result<RefundStatus>> DevelopmentProvider::refund(NewRefund refund) {
  const auto intent = co_await unwrap(find_intent(refund.intent));
  if (intent.status != IntentStatus::succeeded)
    co_return fail(errors::provider_refused, "Only a payment that succeeded can be refunded.");
  co_return RefundStatus::succeeded;
}

std::vector<std::chrono::milliseconds> DevelopmentProvider::look_after(const NewIntent& intent) const {
  if (intent.card == "late") return {options_.late_after};
  if (intent.card == "twice") return {options_.settles_after, options_.settles_after};
  return {options_.settles_after};
}

}  // namespace ashlar::payments
