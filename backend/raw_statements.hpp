// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/raw_statement.hpp"
#include "backend/passkeys/passkey_row.hpp"
#include "backend/users/user_row.hpp"

#include <string>

// The backend's SQL that is written by hand: raw_statements_test.cpp holds each to the migrated database.
namespace ashlar::backend {

// One beginning of a hash for each set of parameters in use: up to the `$` before the salt. Reads the whole table.
struct PasswordParameters {
  std::string beginning;
};
ASHLAR_DESCRIBE(PasswordParameters, beginning)
inline constexpr sql::RawStatement<PasswordParameters()> password_parameters_in_sqlite(
    "select distinct case when substr(password_hash, 1, 10) = '$argon2id$' "
    "then substr(password_hash, 1, 15 + instr(substr(password_hash, 16), '$')) "
    "else substr(password_hash, 1, 7) end as beginning from users");
inline constexpr sql::RawStatement<PasswordParameters()> password_parameters_in_postgres(
    "select distinct case when substr(password_hash, 1, 10) = '$argon2id$' "
    "then substr(password_hash, 1, 15 + position('$' in substr(password_hash, 16))) "
    "else substr(password_hash, 1, 7) end as beginning from users");

inline constexpr sql::RawStatement<PasskeyRow(std::string)> passkeys_by_email_key(
    "select p.id, p.user_id, p.credential_id, p.public_key, p.sign_count, p.user_verified, p.backup_eligible, "
    "p.backed_up, p.transports, p.name, p.created_at, p.last_used_at "
    "from users u join passkeys p on p.user_id = u.id where u.email_key = $1 order by p.created_at, p.id");

inline constexpr sql::RawStatement<Uuid(Uuid)> author_of_post("select author_id from posts where id = $1");

}  // namespace ashlar::backend
