// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/type.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a new password must be (NIST SP 800-63B section 5.1.1.2): long enough, not guessed easily, not known from a
// leak. There are no rules on kinds of characters. Passwords that are already stored are never checked against it.
namespace ashlar::auth {

struct PasswordPolicyOptions {
  std::size_t characters_min = 8;                   // code points after normalisation
  std::size_t characters_max = 128;                 // at most 1,024
  double guess_bits_min = 27;                       // zxcvbn's estimate of log2(guesses); 27 is 10^8, zxcvbn's score 3
  std::chrono::milliseconds breach_time_max{2000};  // of the look-up in leaked passwords
  enum class OnBreachFailure : std::uint8_t { accept, refuse } on_breach_failure = OnBreachFailure::accept;
};

// Passwords known from leaks, by k-anonymity (the "range" interface of Have I Been Pwned): the service sees the first
// five hexadecimal digits of the password's SHA-1 and nothing else. Outlives the policy. Safe from any loop.
class BreachRanges {
 public:
  BreachRanges() = default;
  BreachRanges(const BreachRanges&) = delete;
  BreachRanges& operator=(const BreachRanges&) = delete;
  virtual ~BreachRanges() = default;

  // `prefix` is five digits in upper case. The result has a line for each known password with this prefix: the other 35
  // digits, a colon and how often it leaked; lines end with LF or CR LF. A count of 0 is padding and does not count.
  [[nodiscard]] virtual Task<Result<std::string>> range(std::string prefix) const = 0;
};

// Immutable; safe from any loop.
class PasswordPolicy {
 public:
  // `breaches` may be null: then leaked passwords beyond the list of common ones are not looked up. Throws
  // std::invalid_argument for options out of range.
  explicit PasswordPolicy(PasswordPolicyOptions options = {}, const BreachRanges* breaches = nullptr);

  // Why the password is refused; nullopt when it is accepted. `personal` are words that an attacker tries first: name,
  // e-mail address, the site's name; they and their parts of three characters or more add no strength, up to 32
  // words. Codes, in this order: text (not UTF-8, NUL), too_short, too_long, common_password (frequent_passwords.hpp;
  // or a personal word itself), guessable_password. Takes at most about 0.5 ms of CPU: the estimate sees the first 72
  // bytes.
  [[nodiscard]] schema::Check check(std::string_view password, const std::vector<std::string>& personal = {}) const;

  // check(), then the look-up of leaked passwords: code breached_password. When the look-up fails or takes too long,
  // on_breach_failure decides: accept, or the look-up's error (server.deadline_exceeded).
  [[nodiscard]] Task<Result<schema::Check>> check_with_breaches(std::string password,
                                                                std::vector<std::string> personal = {}) const;

  [[nodiscard]] const PasswordPolicyOptions& options() const { return options_; }

 private:
  PasswordPolicyOptions options_;
  const BreachRanges* breaches_;
};

}  // namespace ashlar::auth
