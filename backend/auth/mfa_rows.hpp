// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

struct MfaSecretRow {
  Uuid user_id;
  std::string secret;              // sealed
  Nullable<Timestamp> enabled_at;  // null: pending, until the account has shown a code of it
  Nullable<std::int64_t> last_step;
  std::int64_t wrong_codes = 0;  // within a day of wrong_codes_since
  Timestamp wrong_codes_since;
};
ASHLAR_DESCRIBE(MfaSecretRow, user_id, secret, enabled_at, last_step, wrong_codes, wrong_codes_since)
ASHLAR_TABLE(MfaSecretRow, "mfa_secrets", sql::primary_key<&MfaSecretRow::user_id>(), sql::without_rowid(),
             sql::references<&MfaSecretRow::user_id, &UserRow::id>(sql::OnDelete::cascade))

struct MfaRecoveryCodeRow {
  Uuid user_id;
  std::string code_hash;
};
ASHLAR_DESCRIBE(MfaRecoveryCodeRow, user_id, code_hash)
ASHLAR_TABLE(MfaRecoveryCodeRow, "mfa_recovery_codes",
             sql::primary_key<&MfaRecoveryCodeRow::user_id, &MfaRecoveryCodeRow::code_hash>(), sql::without_rowid(),
             sql::references<&MfaRecoveryCodeRow::user_id, &UserRow::id>(sql::OnDelete::cascade))

// A sign-in whose password was right and whose second factor is missing.
struct MfaChallengeRow {
  std::string token_hash;
  Uuid user_id;
  std::string account_state;  // a digest of what the account was when the password was verified
  std::int64_t attempts = 0;
  Timestamp created_at;
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(MfaChallengeRow, token_hash, user_id, account_state, attempts, created_at, expires_at)
ASHLAR_TABLE(MfaChallengeRow, "mfa_challenges", sql::primary_key<&MfaChallengeRow::token_hash>(), sql::without_rowid(),
             sql::references<&MfaChallengeRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::index<&MfaChallengeRow::user_id, &MfaChallengeRow::created_at, &MfaChallengeRow::token_hash>(
                 "mfa_challenges_user"))

}  // namespace ashlar::backend
