// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

// The two of an e-mail change belong together: each goes to one of the two addresses.
enum class ChallengeKind : std::uint8_t { email_verification, password_reset, email_change_current, email_change_new };
ASHLAR_DESCRIBE_ENUM(ChallengeKind, email_verification, password_reset, email_change_current, email_change_new)

// ended: replaced by a newer one, or made useless by a change of the account.
enum class ChallengeStatus : std::uint8_t { open, used, ended };
ASHLAR_DESCRIBE_ENUM(ChallengeStatus, open, used, ended)

struct ChallengeRow {
  Uuid id;
  Nullable<Uuid> user_id;  // null: nothing was mailed
  ChallengeKind kind = ChallengeKind::email_verification;
  ChallengeStatus status = ChallengeStatus::open;
  std::string token_hash;  // auth::one_time_token_hash()
  std::string sent_to;     // an e-mail address
  std::string payload;     // the new address of an e-mail change, else empty
  Timestamp created_at;
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(ChallengeRow, id, user_id, kind, status, token_hash, sent_to, payload, created_at, expires_at)
ASHLAR_TABLE(ChallengeRow, "challenges", sql::references<&ChallengeRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::unique<&ChallengeRow::token_hash>("challenges_token_hash"),
             sql::index<&ChallengeRow::user_id, &ChallengeRow::kind, &ChallengeRow::created_at, &ChallengeRow::id>(
                 "challenges_user"),
             sql::index<&ChallengeRow::expires_at>("challenges_expires_at"))

}  // namespace ashlar::backend
