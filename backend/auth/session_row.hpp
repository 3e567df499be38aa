// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <string>

namespace ashlar::backend {

struct SessionRow {
  Uuid id;
  Uuid user_id;
  std::string refresh_id;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
  std::string client_address;
  std::string client_agent;
};
ASHLAR_DESCRIBE(SessionRow, id, user_id, refresh_id, created_at, last_used_at, expires_at, client_address, client_agent)
ASHLAR_TABLE(SessionRow, "sessions", sql::references<&SessionRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::index<&SessionRow::user_id, &SessionRow::created_at, &SessionRow::id>("sessions_user"),
             sql::index<&SessionRow::expires_at>("sessions_expires_at"))

}  // namespace ashlar::backend
