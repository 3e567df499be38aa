// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/explain_access.hpp"

#include "ashlar/schema/fault_codes.hpp"

namespace ashlar::backend {

void ExplainAccess::refine(schema::Refinement& out) const {
  if (!auth::Permission::parse(permission.view()))
    out.fault("permission", schema::codes::one_of, R"(must be "verb:resource")");
  if (resource && !resource_id)
    out.fault("resource_id", schema::codes::required, "is needed where there is a resource");
  if (resource_id && !resource) out.fault("resource", schema::codes::required, "is needed where there is a resourceId");
}

AccessExplanation AccessExplanation::example() {
  return {.allowed = true,
          .because = "role editor holds update:post",
          .source = "role",
          .grant_id = {},
          .from = {},
          .until = {},
          .approved_by = {}};
}

AccessExplanation explanation_of(const auth::Authority& authority, const auth::Permission& permission,
                                 const auth::ResourceRef* resource, Timestamp now) {
  auth::Explanation found = auth::explain(auth::decide(authority, permission, resource, now), permission);
  return {.allowed = found.allowed,
          .because = std::move(found.because),
          .source = std::move(found.source),
          .grant_id = found.grant_id,
          .from = found.from,
          .until = found.until,
          .approved_by = std::move(found.approved_by)};
}

Task<Result<AccessExplanation>> explain_access(api::Call& call, ExplainAccess in, Authorities& authorities) {
  auto authority = authorities.try_find(in.user_id, call.clock().steady());
  if (!authority) authority = co_await unwrap(authorities.load(in.user_id));
  if (!authority) co_return fail(errors::user_not_found, "There is no such user.");
  const auth::Permission permission = auth::Permission::parse(in.permission.view()).value();
  if (!in.resource) co_return explanation_of(*authority, permission, nullptr, call.now());
  const auth::ResourceRef resource{.type = in.resource->view(), .id = in.resource_id->view()};
  co_return explanation_of(*authority, permission, &resource, call.now());
}

}  // namespace ashlar::backend
