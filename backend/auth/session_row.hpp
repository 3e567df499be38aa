// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

struct SessionRow {
  Uuid id;
  Uuid user_id;
  std::string refresh_id;  // of the newest refresh token
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
  std::string client_address;
  std::string client_agent;
  std::optional<std::string> previous_id;  // the refresh token before the newest one
  std::optional<Timestamp> rotated_at;     // when the newest one replaced it, by the database's clock
  Timestamp access_expires_at;             // no access token of the session lasts longer
  Timestamp auth_time;                     // of the last sign-in or step-up
  std::vector<std::string> amr;            // how (RFC 8176)
  std::int64_t credentials_version = 0;    // of the account, at the sign-in
};
ASHLAR_DESCRIBE(SessionRow, id, user_id, refresh_id, created_at, last_used_at, expires_at, client_address, client_agent,
                previous_id, rotated_at, access_expires_at, auth_time, amr, credentials_version)
ASHLAR_TABLE(SessionRow, "sessions", sql::references<&SessionRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::type<&SessionRow::amr>("text"),
             sql::index<&SessionRow::user_id, &SessionRow::created_at, &SessionRow::id>("sessions_user"))
ASHLAR_AUDIT(SessionRow, "session", audit::id<&SessionRow::id>(),
             audit::left_out<&SessionRow::refresh_id, &SessionRow::created_at, &SessionRow::last_used_at,
                             &SessionRow::expires_at, &SessionRow::client_address, &SessionRow::client_agent,
                             &SessionRow::previous_id, &SessionRow::rotated_at, &SessionRow::access_expires_at,
                             &SessionRow::auth_time, &SessionRow::credentials_version>())

}  // namespace ashlar::backend
