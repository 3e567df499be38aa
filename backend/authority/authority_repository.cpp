// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/authority_repository.hpp"

#include "ashlar/sql/query.hpp"

#include <string>
#include <utility>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

struct RoleOfAccount {
  std::string role;
};
ASHLAR_DESCRIBE(RoleOfAccount, role)

constexpr std::int64_t changes_read_max = 1'000;

void add(std::vector<auth::PermissionPattern>& to, const std::string& text) {
  if (auto pattern = auth::PermissionPattern::parse(text)) to.push_back(std::move(*pattern));
}

}  // namespace

auth::Grant grant_of(const GrantRow& row) {
  std::optional<auth::Grant::Object> object;
  if (row.resource && row.resource_id) object = {.type = *row.resource, .id = *row.resource_id};
  // Written by create_grant, or by hand; what is not a permission covers nothing.
  static const auth::PermissionPattern nothing = *auth::PermissionPattern::parse("none:none");
  return {.id = row.id,
          .permission = auth::PermissionPattern::parse(row.permission).value_or(nothing),
          .resource = std::move(object),
          .from = row.starts_at,
          .until = row.ends_at ? std::optional(*row.ends_at) : std::nullopt,
          .reason = row.reason,
          .approved_by = row.approved_by.to_string()};
}

Task<Result<std::optional<auth::Authority>>> AuthorityRepository::load(Uuid account, auth::AuthorityCache& cache) {
  const auto found = co_await unwrap(sql::find<&UserRow::id, RoleOfAccount>(account).one(in_));
  if (!found) co_return std::nullopt;
  auth::Role role{.name = found->role, .permissions = {}};
  const auto held = co_await unwrap(from<RolePermissionRow>()
                                        .where(col<&RolePermissionRow::role> == found->role)
                                        .order_by(asc<&RolePermissionRow::permission>)
                                        .all(in_));
  for (const RolePermissionRow& row : held) add(role.permissions, row.permission);

  auth::Authority out{.account = account, .roles = {cache.share(std::move(role))}, .own = {}, .grants = {}};
  const auto own = co_await unwrap(from<UserPermissionRow>()
                                       .where(col<&UserPermissionRow::user_id> == account)
                                       .order_by(asc<&UserPermissionRow::permission>)
                                       .all(in_));
  for (const UserPermissionRow& row : own) add(out.own, row.permission);
  const auto grants = co_await unwrap(from<GrantRow>()
                                          .where(col<&GrantRow::user_id> == account)
                                          .order_by(asc<&GrantRow::created_at>, asc<&GrantRow::id>)
                                          .all(in_));
  for (const GrantRow& row : grants) out.grants.push_back(grant_of(row));
  co_return out;
}

Task<Result<std::int64_t>> AuthorityRepository::version() {
  const auto row = co_await unwrap(sql::find<&AuthorityVersionRow::name>("authority").one(in_));
  co_return row ? row->version : 0;
}

Task<Result<std::vector<AuthorityChangeRow>>> AuthorityRepository::changes_after(std::int64_t version) {
  return from<AuthorityChangeRow>()
      .where(col<&AuthorityChangeRow::version> > version)
      .order_by(asc<&AuthorityChangeRow::version>)
      .limit(changes_read_max)
      .all(in_);
}

}  // namespace ashlar::backend
