// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode grant_not_found{ErrorKind::not_found, "grant.not_found"};
inline constexpr ErrorCode too_many_grants{ErrorKind::conflict, "grant.too_many"};
}  // namespace errors

// A permission of an account for a time, as the API shows it.
struct Grant {
  Uuid id;
  Uuid user_id;
  std::string permission;
  Nullable<std::string> resource;  // with resource_id: for that object alone
  Nullable<std::string> resource_id;
  Timestamp from;             // the first moment of it
  Nullable<Timestamp> until;  // the first moment after it; null: without end
  std::string reason;
  Uuid approved_by;
  Timestamp created_at;

  static Grant example();
};
ASHLAR_DESCRIBE(Grant, id, user_id, permission, resource, resource_id, from, until, reason, approved_by, created_at)

struct GrantById {
  Uuid id;  // of the account
  Uuid grant_id;
};
ASHLAR_DESCRIBE(GrantById, id, grant_id)

}  // namespace ashlar::backend
