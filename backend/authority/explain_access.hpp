// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/authority.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/authority/role.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

struct ExplainAccess {
  Uuid user_id;
  PermissionName permission;  // a single one
  std::optional<Line<1, 64>> resource;
  std::optional<Line<1, 64>> resource_id;

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(ExplainAccess, user_id, permission, resource, resource_id)

struct AccessExplanation {
  bool allowed = false;
  std::string because;  // "role editor holds update:*", "no role, permission or grant covers delete:post"
  std::string source;   // none, own, role, grant, relationship
  Nullable<Uuid> grant_id;
  Nullable<Timestamp> from;
  Nullable<Timestamp> until;
  Nullable<std::string> approved_by;

  static AccessExplanation example();
};
ASHLAR_DESCRIBE(AccessExplanation, allowed, because, source, grant_id, from, until, approved_by)

// Whether the account may do it now, by the decision that guards take, and why. Ownership is not asked: it is the
// operation's rule. Error user.not_found.
Task<Result<AccessExplanation>> explain_access(api::Call& call, ExplainAccess in, Authorities& authorities);

// The same for an authority that was read.
[[nodiscard]] AccessExplanation explanation_of(const auth::Authority& authority, const auth::Permission& permission,
                                               const auth::ResourceRef* resource, Timestamp now);

}  // namespace ashlar::backend
