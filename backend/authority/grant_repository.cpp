// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/grant_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/authority/authority_rows.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

Grant shown(GrantRow row) {
  return {.id = row.id,
          .user_id = row.user_id,
          .permission = std::move(row.permission),
          .resource = std::move(row.resource),
          .resource_id = std::move(row.resource_id),
          .from = row.starts_at,
          .until = row.ends_at,
          .reason = std::move(row.reason),
          .approved_by = row.approved_by,
          .created_at = row.created_at};
}

}  // namespace

Task<Result<api::Page<Grant>>> GrantRepository::list(ListGrants wanted) {
  auto rows = co_await unwrap(from<GrantRow>()
                                  .where(col<&GrantRow::user_id> == wanted.id)
                                  .order_by(wanted.sort, asc<&GrantRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<Grant> page{.rows = {}, .total = rows.total};
  for (GrantRow& row : rows.rows) page.rows.push_back(shown(std::move(row)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::optional<Grant>>> GrantRepository::find(Uuid user, Uuid id) {
  auto row =
      co_await unwrap(from<GrantRow>().where(col<&GrantRow::id> == id && col<&GrantRow::user_id> == user).one(in_));
  if (!row) co_return std::nullopt;
  co_return shown(std::move(*row));
}

Task<Result<>> GrantRepository::create(api::UnitOfWork& unit, Grant grant, std::int64_t per_user_max) {
  const Timestamp kept_from = unit.call().now() - ended_grants_kept;
  const auto of_user = col<&GrantRow::user_id> == grant.user_id;
  co_await unwrap(UserRepository::lock(unit, grant.user_id));
  co_await unwrap(sql::erase<GrantRow>().where(of_user && col<&GrantRow::ends_at> < kept_from).run(unit));
  if (co_await unwrap(from<GrantRow>().where(of_user).count(unit)) >= per_user_max)
    co_return fail(errors::too_many_grants, "This account has too many grants: remove one first.");
  const GrantRow row{.id = grant.id,
                     .user_id = grant.user_id,
                     .permission = std::move(grant.permission),
                     .resource = std::move(grant.resource),
                     .resource_id = std::move(grant.resource_id),
                     .starts_at = grant.from,
                     .ends_at = grant.until,
                     .reason = std::move(grant.reason),
                     .approved_by = grant.approved_by,
                     .created_at = grant.created_at};
  audit::created(unit, row);
  const auto inserted = co_await sql::insert(row).run(unit);
  if (!inserted && inserted.error().code() == sql::errors::foreign_key)
    co_return fail(errors::user_not_found, "There is no such user.");
  if (!inserted) co_return std::unexpected(inserted.error());
  co_return Result<>{};
}

Task<Result<bool>> GrantRepository::remove(api::UnitOfWork& unit, Uuid user, Uuid id) {
  const auto removed = co_await unwrap(
      sql::erase<GrantRow>().where(col<&GrantRow::id> == id && col<&GrantRow::user_id> == user).returning_one(unit));
  if (!removed) co_return false;
  audit::deleted(unit, *removed);
  co_return true;
}

}  // namespace ashlar::backend
