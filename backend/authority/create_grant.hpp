// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/authority/grant.hpp"
#include "backend/authority/role.hpp"

#include <cstdint>
#include <optional>

namespace ashlar::backend {

struct CreateGrant {
  Uuid id;  // of the account
  PermissionName permission;
  std::optional<Timestamp> from;   // absent: now
  std::optional<Timestamp> until;  // absent: without end
  Line<1, 200> reason;
  std::optional<Line<1, 64>> resource;  // with resource_id: for that object alone
  std::optional<Line<1, 64>> resource_id;

  void refine(schema::Refinement& out) const;
  static CreateGrant example();
};
ASHLAR_DESCRIBE(CreateGrant, id, permission, from, until, reason, resource, resource_id)

struct GrantOptions {
  std::int64_t per_user_max = 200;  // ended ones of the last 90 days among them
};

// Gives an account a permission for a time. The caller holds it by role or on their own, and holds what the account has
// already. It counts when the call returns, from `from` to the millisecond. Errors: auth.forbidden, user.not_found,
// grant.too_many; request.invalid for a permission that is not known.
Task<Result<api::Created<Grant>>> create_grant(api::UserCall& call, CreateGrant in, api::Units& units,
                                               Authorities& authorities, const GrantOptions& options);

}  // namespace ashlar::backend
