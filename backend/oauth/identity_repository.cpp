// SPDX-License-Identifier: Apache-2.0
#include "backend/oauth/identity_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/sql/query.hpp"

#include <utility>

namespace ashlar::backend {

using sql::asc;
using sql::col;

Identity identity_of(IdentityRow row) {
  return {.id = row.id,
          .provider = std::move(row.provider),
          .issuer = std::move(row.issuer),
          .email = std::move(row.email),
          .created_at = row.created_at,
          .last_used_at = row.last_used_at};
}

Task<Result<std::optional<IdentityRow>>> IdentityRepository::find(std::string issuer, std::string subject) {
  return sql::from<IdentityRow>()
      .where(col<&IdentityRow::issuer> == issuer && col<&IdentityRow::subject> == subject)
      .one(in_);
}

Task<Result<api::Page<Identity>>> IdentityRepository::list(Uuid user, ListIdentities wanted) {
  auto rows = co_await unwrap(sql::from<IdentityRow>()
                                  .where(col<&IdentityRow::user_id> == user)
                                  .order_by(wanted.sort, asc<&IdentityRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<Identity> page{.rows = {}, .total = rows.total};
  for (IdentityRow& row : rows.rows) page.rows.push_back(identity_of(std::move(row)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::int64_t>> IdentityRepository::count(Uuid user) {
  return sql::from<IdentityRow>().where(col<&IdentityRow::user_id> == user).count(in_);
}

Task<Result<>> IdentityRepository::create(api::UnitOfWork& unit, IdentityRow identity) {
  audit::created(unit, identity, identity.user_id);
  const auto inserted = co_await sql::insert(identity).run(unit);
  if (!inserted && inserted.error().code() == sql::errors::unique)
    co_return fail(errors::identity_taken, "This identity has just been linked to an account. Try again.");
  if (!inserted) co_return std::unexpected(inserted.error());
  co_return Result<>{};
}

Task<Result<>> IdentityRepository::note_use(api::UnitOfWork& unit, Uuid identity) {
  co_await unwrap(sql::update<IdentityRow>()
                      .set(col<&IdentityRow::last_used_at> = unit.call().now())
                      .where(col<&IdentityRow::id> == identity)
                      .run(unit));
  co_return Result<>{};
}

Task<Result<bool>> IdentityRepository::remove(api::UnitOfWork& unit, Uuid user, Uuid identity) {
  const auto removed =
      co_await unwrap(sql::erase<IdentityRow>()
                          .where(col<&IdentityRow::id> == identity && col<&IdentityRow::user_id> == user)
                          .returning_one(unit));
  if (!removed) co_return false;
  audit::deleted(unit, *removed);
  co_return true;
}

Task<Result<>> IdentityRepository::follow_address(api::UnitOfWork& unit, Uuid user, std::string account_email,
                                                  std::optional<Uuid> identity) {
  sql::Condition<IdentityRow> which =
      col<&IdentityRow::user_id> == user && col<&IdentityRow::account_email> != account_email;
  if (identity) which = std::move(which) && col<&IdentityRow::id> == *identity;
  const auto rows = co_await unwrap(sql::from<IdentityRow>().where(std::move(which)).all(unit));
  for (const IdentityRow& before : rows) {
    IdentityRow after = before;
    after.account_email = account_email;
    audit::updated(unit, before, after);
    co_await unwrap(sql::update<IdentityRow>()
                        .set(col<&IdentityRow::account_email> = account_email)
                        .where(col<&IdentityRow::id> == before.id)
                        .run(unit));
  }
  co_return Result<>{};
}

Task<Result<bool>> IdentityRepository::use_flow(api::UnitOfWork& unit, Uuid flow, Timestamp ends_at) {
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::erase<UsedOauthFlowRow>().where(col<&UsedOauthFlowRow::expires_at> <= now).run(unit));
  const auto inserted = co_await unwrap(sql::insert(UsedOauthFlowRow{.flow_id = flow, .expires_at = ends_at})
                                            .on_conflict<&UsedOauthFlowRow::flow_id>()
                                            .do_nothing()
                                            .run(unit));
  co_return inserted.rows_affected == 1;
}

}  // namespace ashlar::backend
