// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/api_key_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/users/account_must_exist.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

Task<Result<api::Page<ApiKey>>> ApiKeyRepository::list(Uuid user, ListApiKeys wanted) {
  auto rows = co_await unwrap(from<ApiKeyRow>()
                                  .where(col<&ApiKeyRow::user_id> == user)
                                  .order_by(wanted.sort, asc<&ApiKeyRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<ApiKey> page{.rows = {}, .total = rows.total};
  for (ApiKeyRow& row : rows.rows) {
    page.rows.push_back({.id = row.id,
                         .name = std::move(row.name),
                         .prefix = std::move(row.prefix),
                         .permissions = std::move(row.permissions),
                         .created_at = row.created_at,
                         .expires_at = row.expires_at,
                         .last_used_at = row.last_used_at});
  }
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::optional<ApiKeyRow>>> ApiKeyRepository::find(Uuid id) {
  return sql::find<&ApiKeyRow::id>(id).one(in_);
}

Task<Result<bool>> ApiKeyRepository::is_of_enabled_account(const ApiKeyRow& key) {
  return from<UserRow>().where(col<&UserRow::id> == key.user_id && col<&UserRow::disabled_at>.is_null()).exists(in_);
}

Task<Result<>> ApiKeyRepository::note_use(std::vector<Uuid> ids, Timestamp at) {
  co_await unwrap(sql::update<ApiKeyRow>()
                      .set(col<&ApiKeyRow::last_used_at> = at)
                      .where(col<&ApiKeyRow::id>.in(ids) &&
                             (col<&ApiKeyRow::last_used_at>.is_null() || col<&ApiKeyRow::last_used_at> < at))
                      .run(in_));
  co_return Result<>{};
}

Task<Result<>> ApiKeyRepository::create(api::UnitOfWork& unit, ApiKeyRow key, std::int64_t per_user_max) {
  const auto of_user = col<&ApiKeyRow::user_id> == key.user_id;
  co_await unwrap(UserRepository::lock(unit, key.user_id));
  co_await unwrap(sql::erase<ApiKeyRow>().where(of_user && col<&ApiKeyRow::expires_at> <= unit.call().now()).run(unit));
  if (co_await unwrap(from<ApiKeyRow>().where(of_user).count(unit)) >= per_user_max)
    co_return fail(errors::too_many_api_keys, "You have too many API keys: remove one first.");
  audit::created(unit, key);
  co_await unwrap(account_must_exist(co_await sql::insert(key).run(unit)));
  co_return Result<>{};
}

Task<Result<bool>> ApiKeyRepository::remove(api::UnitOfWork& unit, Uuid user, Uuid id) {
  const auto removed = co_await unwrap(
      sql::erase<ApiKeyRow>().where(col<&ApiKeyRow::id> == id && col<&ApiKeyRow::user_id> == user).returning_one(unit));
  if (!removed) co_return false;
  audit::deleted(unit, *removed);
  co_return true;
}

}  // namespace ashlar::backend
