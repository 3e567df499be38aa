// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/auth/mfa_rows.hpp"
#include "backend/auth/second_factor_options.hpp"
#include "backend/users/user_repository.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode invalid_code{ErrorKind::unauthenticated, "auth.invalid_code"};
inline constexpr ErrorCode mfa_token_invalid{ErrorKind::unauthenticated, "auth.mfa_token_invalid"};
inline constexpr ErrorCode too_many_codes{ErrorKind::too_many_requests, "auth.too_many_codes"};
inline constexpr ErrorCode mfa_enabled{ErrorKind::conflict, "auth.mfa_enabled"};
inline constexpr ErrorCode mfa_not_enabled{ErrorKind::conflict, "auth.mfa_not_enabled"};
inline constexpr ErrorCode mfa_not_set_up{ErrorKind::conflict, "auth.mfa_not_set_up"};
}  // namespace errors

// A code as a client sends it: six digits, or a recovery code. Any other text is a wrong code.
using MfaCode = Secret<Text<1, 64>>;

// The second factor of accounts: a TOTP authenticator (RFC 6238), and recovery codes. docs/design/second-factors.md
// gives the rules.
//
// A wrong code is counted, so its transaction commits. Where a function returns Task<Result<Checked<T>>>, the inner
// error is such a refusal, and the outer one rolls back:
//
//   auto checked = co_await unwrap(units.run(call, body, ...));   // commits a refusal
//   auto account = co_await unwrap(std::move(checked));           // and then fails with it
//
// Each function locks the account's row before anything else, or expects that the unit has locked it, as it says. Safe
// from every loop. The box outlives it.
class SecondFactors {
 public:
  template <class T>
  using Checked = Result<T>;
  enum class Accepted : std::uint8_t { totp, totp_or_recovery };

  // Throws std::invalid_argument for options out of range.
  SecondFactors(const auth::SecretBox& box, SecondFactorOptions options);
  SecondFactors(const SecondFactors&) = delete;
  SecondFactors& operator=(const SecondFactors&) = delete;

  [[nodiscard]] const SecondFactorOptions& options() const { return options_; }

  struct Pending {
    std::string secret;  // 20 bytes, not sealed
    std::string email;
  };
  // A new pending secret, which replaces one that is pending. Errors: auth.mfa_enabled; auth.token_revoked without the
  // account.
  Task<Result<Pending>> set_up(api::UnitOfWork& unit, Uuid user) const;

  // Turns the second factor on and returns its recovery codes. Errors: auth.mfa_not_set_up, auth.mfa_enabled,
  // auth.invalid_code; auth.token_revoked without the account.
  Task<Result<std::vector<std::string>>> enable(api::UnitOfWork& unit, Uuid user, MfaCode code) const;

  // Turns it off. The password was verified against `password_hash`. Errors: auth.mfa_not_enabled,
  // auth.invalid_credentials when the password changed meanwhile. Refusals: those of check().
  Task<Result<Checked<void>>> disable(api::UnitOfWork& unit, Account verified, MfaCode code) const;

  // New recovery codes; the old ones end. Takes no recovery code. Errors and refusals as of disable().
  Task<Result<Checked<std::vector<std::string>>>> renew_recovery_codes(api::UnitOfWork& unit, Uuid user,
                                                                       MfaCode code) const;

  // The mfaToken of a sign-in whose password was verified against `account`, which the unit has locked.
  Task<Result<std::string>> begin_sign_in(api::UnitOfWork& unit, Account account) const;

  // Ends the sign-in of the token and returns its account, locked. Error auth.mfa_token_invalid: unknown, used or
  // expired, too many wrong codes, or the account's password or second factor changed since. Refusals: those of
  // check().
  Task<Result<Checked<Account>>> complete_sign_in(api::UnitOfWork& unit, std::string token, MfaCode code) const;

  // Uses up the code of an account whose row the unit has locked and whose second factor is on; error
  // auth.mfa_not_enabled otherwise. Refusals: auth.invalid_code for one that is wrong or was used, auth.too_many_codes.
  Task<Result<Checked<void>>> check(api::UnitOfWork& unit, Uuid user, MfaCode code, Accepted accepted) const;

 private:
  Task<Result<bool>> use_totp(api::UnitOfWork& unit, MfaSecretRow row, std::string code) const;
  Task<Result<Checked<void>>> refuse(api::UnitOfWork& unit, MfaSecretRow row) const;
  [[nodiscard]] std::int64_t wrong_codes_today(const MfaSecretRow& row, Timestamp now) const;

  const auth::SecretBox& box_;
  const SecondFactorOptions options_;
};

}  // namespace ashlar::backend
