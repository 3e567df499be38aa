// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table.hpp"

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
ASHLAR_TABLE(SessionRow, "sessions")

struct RevokedSessionRow {
  Uuid session_id;
  Timestamp expires_at;
};
ASHLAR_DESCRIBE(RevokedSessionRow, session_id, expires_at)
ASHLAR_TABLE(RevokedSessionRow, "revoked_sessions")

}  // namespace ashlar::backend
