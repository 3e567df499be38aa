// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

struct PasskeyRow {
  Uuid id;
  Uuid user_id;
  std::string credential_id;  // base64url
  std::string public_key;     // a COSE_Key, base64url
  std::int64_t sign_count = 0;
  bool user_verified = false;    // when it was registered
  bool backup_eligible = false;  // never changes
  bool backed_up = false;
  std::vector<std::string> transports;
  std::string name;
  Timestamp created_at;
  Nullable<Timestamp> last_used_at;
};
ASHLAR_DESCRIBE(PasskeyRow, id, user_id, credential_id, public_key, sign_count, user_verified, backup_eligible,
                backed_up, transports, name, created_at, last_used_at)
ASHLAR_TABLE(PasskeyRow, "passkeys", sql::references<&PasskeyRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::type<&PasskeyRow::transports>("text"),
             sql::unique<&PasskeyRow::credential_id>("passkeys_credential_id"),
             sql::index<&PasskeyRow::user_id, &PasskeyRow::created_at, &PasskeyRow::id>("passkeys_user"))
ASHLAR_AUDIT(PasskeyRow, "passkey", audit::id<&PasskeyRow::id>(),
             audit::left_out<&PasskeyRow::public_key, &PasskeyRow::sign_count, &PasskeyRow::created_at,
                             &PasskeyRow::last_used_at>())

enum class ChallengePurpose : std::uint8_t {
  registration,
  sign_in,             // with any passkey
  sign_in_of_account,  // with one of the account that was named, which has passkeys or does not exist
};
ASHLAR_DESCRIBE_ENUM(ChallengePurpose, registration, sign_in, sign_in_of_account)

struct PasskeyChallengeRow {
  Uuid id;
  std::string challenge;  // base64url
  ChallengePurpose purpose = ChallengePurpose::sign_in;
  Nullable<Uuid> user_id;
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(PasskeyChallengeRow, id, challenge, purpose, user_id, expires_at)
ASHLAR_TABLE(PasskeyChallengeRow, "passkey_challenges",
             sql::references<&PasskeyChallengeRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::unique<&PasskeyChallengeRow::challenge>("passkey_challenges_challenge"),
             sql::index<&PasskeyChallengeRow::user_id>("passkey_challenges_user"),
             sql::index<&PasskeyChallengeRow::expires_at>("passkey_challenges_expires_at"))

}  // namespace ashlar::backend
