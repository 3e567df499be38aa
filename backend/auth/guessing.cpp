// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/guessing.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::uint32_t failures_min = 2;
constexpr std::uint32_t failures_max = 1'000'000;

// A token bucket lets `burst` through at once, and `requests` in a window beside: together the bound of any 24 hours.
api::RateLimit limit_of(std::uint32_t failures) {
  if (failures < failures_min || failures > failures_max)
    throw std::invalid_argument("A bound of guesses is from 2 to 1,000,000 a day.");
  return {.requests = failures / 2,
          .window = std::chrono::days(1),
          .algorithm = api::RateLimit::Algorithm::token_bucket,
          .burst = failures - failures / 2};
}

std::string_view name_of(Guess::Of of) { return of == Guess::Of::password ? "password" : "code"; }

}  // namespace

Guessing::Guessing(api::RateLimitStore& store, const std::string& key, GuessingOptions options)
    : store_(store),
      keys_({key}),
      per_account_(limit_of(options.failures_per_account_max)),
      per_device_(limit_of(options.failures_per_device_max)) {}

api::RateLimitKey Guessing::key_of(const Guess& guess) const {
  std::string text = guess.account ? "account " + guess.account->to_string() : "address " + guess.email_key;
  if (guess.device) text += " device " + guess.device->to_string();
  const auto number = static_cast<std::uint64_t>(guess.of) * 2 + (guess.device ? 1 : 0);
  return api::RateLimitKey::of_text(keys_.sign("ashlar.guess", text), number);
}

Task<Result<Guessing::Attempt>> Guessing::may_try(const api::Call& call, Guess guess) {
  Attempt out;
  out.key_ = key_of(guess);
  out.limit_ = guess.device ? &per_device_ : &per_account_;
  out.guess_ = std::move(guess);
  const Clock::Steady now = call.clock().steady();
  auto decision = store_.try_take(out.key_, *out.limit_, now);
  if (!decision) decision = co_await store_.take_later(out.key_, *out.limit_, now);
  if (!decision->allowed) {
    co_return std::unexpected(
        Error(errors::too_many_guesses,
              "There were too many failed attempts for this account. Try again later, or on a device that signed in "
              "before.")
            .with_retry_after(decision->retry_after));
  }
  out.remaining_ = decision->remaining;
  co_return out;
}

Task<> Guessing::give_back(const api::Call& call, Attempt attempt) {
  return store_.give_back(attempt.key_, *attempt.limit_, call.clock().steady());
}

Task<> Guessing::succeeded(const api::Call& call, Attempt attempt) { return give_back(call, std::move(attempt)); }

Task<> Guessing::not_tried(const api::Call& call, Attempt attempt) { return give_back(call, std::move(attempt)); }

void Guessing::failed(const api::Call& call, const Attempt& attempt) const {
  if (attempt.remaining_ > 0) return;
  const Guess& guess = attempt.guess_;
  call.log().security(log::Level::warn, "guessing bound reached",
                      {{"userId", guess.account ? guess.account->to_string() : std::string()},
                       {"guessed", name_of(guess.of)},
                       {"knownDevice", guess.device.has_value()},
                       {"address", call.client_address()}});
}

}  // namespace ashlar::backend
