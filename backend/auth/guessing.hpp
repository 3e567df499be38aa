// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/rate_limit.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/signing_keys.hpp"
#include "ashlar/core/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode too_many_guesses{ErrorKind::too_many_requests, "auth.too_many_guesses"};
}  // namespace errors

struct GuessingOptions {
  // Wrong guesses of one secret of one account in any 24 hours: from all devices together that never signed in to it,
  // and from each device that did. 2 to 1,000,000. Half of them can be made at once, the others come evenly.
  std::uint32_t failures_per_account_max = 100;
  std::uint32_t failures_per_device_max = 20;
};

// What is guessed, whose it is, and from where.
struct Guess {
  enum class Of : std::uint8_t { password, code } of = Of::password;  // each is counted apart
  std::optional<Uuid> account;                                        // nullopt: no account has the address
  std::string email_key;  // Email::key() of the address that was given; matters without an account only
  // The known device that guesses (DeviceTokens::device_of), or the session of a caller who is signed in; nullopt: a
  // device that never signed in to the account.
  std::optional<Uuid> device;
};

// How often passwords and codes may be guessed. The bound belongs to the account, so ten thousand addresses get no more
// guesses than one. What known devices guess is counted apart from it, so they sign in while others have used it up. An
// address without an account has the same bound, so a refusal says nothing of it. RATE_LIMIT_MAX=0 leaves it.
//
//   const Guessing::Attempt attempt = co_await unwrap(guessing.may_try(call, guess));
//   ... verify ...
//   if (right) co_await guessing.succeeded(attempt);
//   else guessing.failed(call, attempt);
//
// A guess is counted before it is verified, so guesses at the same time cannot pass the bound together; one that is
// right is taken back. The bound does not begin anew with a right one: attackers would have more guesses after each
// sign-in of the owner.
//
// Counts are the store's: of this process, or of all instances in Redis. Safe from every loop; the store outlives it.
class Guessing {
 public:
  // One guess that is counted.
  class Attempt {
   private:
    friend class Guessing;
    api::RateLimitKey key_;
    const api::RateLimit* limit_ = nullptr;
    Guess guess_;
    std::uint32_t remaining_ = 0;
  };

  // `key` hides addresses from who reads the store: at least 32 bytes, the same in every instance. Throws
  // std::invalid_argument for options out of range.
  Guessing(api::RateLimitStore& store, const std::string& key, GuessingOptions options);
  Guessing(const Guessing&) = delete;
  Guessing& operator=(const Guessing&) = delete;

  // Counts a guess. Error auth.too_many_guesses, with Retry-After: the bound is reached; nothing is verified then.
  Task<Result<Attempt>> may_try(const api::Call& call, Guess guess);
  // The guess was right. It is no longer counted.
  Task<> succeeded(const api::Call& call, Attempt attempt);
  // The guess was not verified: the server was overloaded, say. It is no longer counted.
  Task<> not_tried(const api::Call& call, Attempt attempt);
  // The guess was wrong. A security event when it was the last one for now.
  void failed(const api::Call& call, const Attempt& attempt) const;

 private:
  [[nodiscard]] api::RateLimitKey key_of(const Guess& guess) const;
  Task<> give_back(const api::Call& call, Attempt attempt);

  api::RateLimitStore& store_;
  const SigningKeys keys_;
  const api::RateLimit per_account_;
  const api::RateLimit per_device_;
};

}  // namespace ashlar::backend
