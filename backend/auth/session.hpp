// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode invalid_credentials{ErrorKind::unauthenticated, "auth.invalid_credentials"};
inline constexpr ErrorCode refresh_reused{ErrorKind::unauthenticated, "auth.refresh_reused"};
inline constexpr ErrorCode session_not_found{ErrorKind::not_found, "auth.session_not_found"};
}  // namespace errors

// A sign-in as its owner sees it.
struct Session {
  Uuid id;
  bool current = false;  // the one that asks
  std::string client_address;
  std::string client_agent;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;

  static Session example();
};
ASHLAR_DESCRIBE(Session, id, current, client_address, client_agent, created_at, last_used_at, expires_at)

}  // namespace ashlar::backend
