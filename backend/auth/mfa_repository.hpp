// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/mfa_rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// The rows of second factors and of sign-ins that wait for one. Every unit locks the account's row first
// (UserRepository), then a challenge, then the secret: in one order, so that two units rarely deadlock.
class MfaRepository {
 public:
  // Until the unit ends, no other unit checks a code of the account.
  static Task<Result<std::optional<MfaSecretRow>>> find_secret_locked(api::UnitOfWork& unit, Uuid user);
  // Replaces a pending secret. False when an enabled one is there.
  static Task<Result<bool>> put_pending_secret(api::UnitOfWork& unit, MfaSecretRow secret);
  // False when the secret is not pending any more. Sets users.mfa_enabled.
  static Task<Result<bool>> enable(api::UnitOfWork& unit, Uuid user, std::int64_t step);
  // Compares and swaps the last step: false when a code of this step or of a later one was used.
  static Task<Result<bool>> use_step(api::UnitOfWork& unit, Uuid user, std::int64_t step);
  static Task<Result<>> replace_sealed(api::UnitOfWork& unit, Uuid user, std::string sealed);
  static Task<Result<>> set_wrong_codes(api::UnitOfWork& unit, Uuid user, std::int64_t count, Timestamp since);
  // Removes the secret, the recovery codes and the challenges, and clears users.mfa_enabled. False when it was clear.
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid user);

  static Task<Result<>> replace_recovery_codes(api::UnitOfWork& unit, Uuid user, std::vector<std::string> hashes);
  // Removes the code: false when it is not one of the user's, or was used.
  static Task<Result<bool>> use_recovery_code(api::UnitOfWork& unit, Uuid user, std::string hash);

  // Removes the user's expired challenges, and of the others the oldest ones beyond `others_kept` (1 or more).
  static Task<Result<>> create_challenge(api::UnitOfWork& unit, MfaChallengeRow challenge, std::int64_t others_kept);
  static Task<Result<std::optional<MfaChallengeRow>>> find_challenge(api::UnitOfWork& unit, std::string token_hash);
  // Counts an attempt, in one statement: false when `attempts_max` were made, or the challenge has expired or ended.
  static Task<Result<bool>> take_attempt(api::UnitOfWork& unit, std::string token_hash, std::int64_t attempts_max);
  static Task<Result<bool>> end_challenge(api::UnitOfWork& unit, std::string token_hash);
};

}  // namespace ashlar::backend
