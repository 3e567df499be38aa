// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/create_grant.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/authority/giving.hpp"
#include "backend/authority/grant_repository.hpp"
#include "backend/authority/permission_repository.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

void CreateGrant::refine(schema::Refinement& out) const {
  refine_permission(out, "permission", permission.view());
  if (from && until && *until <= *from) out.fault("until", schema::codes::too_small, "must be after from");
  if (resource && !resource_id)
    out.fault("resource_id", schema::codes::required, "is needed where there is a resource");
  if (resource_id && !resource) out.fault("resource", schema::codes::required, "is needed where there is a resourceId");
  if (!resource) return;
  // One that covers nothing of that type would never count.
  const std::string_view text = permission.view();
  const std::string_view about = text.substr(text.find(':') + 1);  // of "*": all of it
  const bool fits = auth::Permission::parse("read:" + resource->str()) && (about == "*" || about == resource->view());
  if (!fits) out.fault("resource", schema::codes::one_of, "must be the resource that the permission is about");
}

CreateGrant CreateGrant::example() {
  return {.id = {},
          .permission = PermissionName::of("delete:post"),
          .from = Timestamp::parse("2026-05-04T08:00:00Z"),
          .until = Timestamp::parse("2026-05-09T08:00:00Z"),
          .reason = Line<1, 200>::of("Cover for Ada"),
          .resource = {},
          .resource_id = {}};
}

namespace {

Task<> log_grant(const api::Call* call, Grant grant) {
  call->log().security(log::Level::warn, "permission granted",
                       {{"userId", grant.user_id.to_string()},
                        {"permission", grant.permission},
                        {"grantId", grant.id.to_string()},
                        {"by", grant.approved_by.to_string()},
                        {"address", call->client_address()}});
  co_return;
}

Task<Result<Grant>> create(api::UnitOfWork& unit, Grant grant, Authorities* authorities, std::int64_t per_user_max) {
  const auto user = co_await unwrap(
      required(co_await UserRepository(unit).find(grant.user_id), errors::user_not_found, "There is no such user."));
  co_await unwrap(require_not_above(unit, user));
  co_await unwrap(require_may_give(unit.call(), {grant.permission}));
  co_await unwrap(PermissionRepository::require(unit, {grant.permission}, "/permission"));
  co_await unwrap(GrantRepository::create(unit, grant, per_user_max));
  authorities->changed_after(unit, grant.user_id);
  unit.after_commit([&call = unit.call(), grant] { return log_grant(&call, grant); });
  co_return grant;
}

}  // namespace

Task<Result<api::Created<Grant>>> create_grant(api::UserCall& call, CreateGrant in, api::Units& units,
                                               Authorities& authorities, const GrantOptions& options) {
  const Timestamp now = call.now();
  Grant grant{.id = call.new_id(),
              .user_id = in.id,
              .permission = in.permission.str(),
              .resource = {},
              .resource_id = {},
              .from = in.from.value_or(now),
              .until = in.until,
              .reason = in.reason.str(),
              .approved_by = call.user().id,
              .created_at = now};
  if (in.resource) grant.resource = in.resource->str();
  if (in.resource_id) grant.resource_id = in.resource_id->str();
  if (grant.until && *grant.until <= grant.from)
    co_return std::unexpected(invalid_input("/until", schema::codes::too_small, "must be after from, or after now"));
  co_return api::Created<Grant>{
      co_await unwrap(units.run(call, &create, std::move(grant), &authorities, options.per_user_max))};
}

}  // namespace ashlar::backend
