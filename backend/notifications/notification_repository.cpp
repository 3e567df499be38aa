// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/notification_repository.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/raw_statements.hpp"
#include "backend/users/account_must_exist.hpp"

#include <utility>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

Task<Result<api::Page<Notification>>> NotificationRepository::list(Uuid user, ListNotifications wanted) {
  auto condition = col<&NotificationRow::user_id> == user;
  if (wanted.unread.value()) condition = std::move(condition) && col<&NotificationRow::read_at>.is_null();
  auto rows = co_await unwrap(from<NotificationRow>()
                                  .where(std::move(condition))
                                  .order_by(wanted.sort, asc<&NotificationRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<Notification> page{.rows = {}, .total = rows.total};
  for (NotificationRow& row : rows.rows) page.rows.push_back(notification_of(std::move(row)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::vector<NotificationPreferenceRow>>> NotificationRepository::preferences(Uuid user) {
  return from<NotificationPreferenceRow>().where(col<&NotificationPreferenceRow::user_id> == user).all(in_);
}

Task<Result<std::optional<NotificationPreferenceRow>>> NotificationRepository::preference(Uuid user, std::string kind) {
  return from<NotificationPreferenceRow>()
      .where(col<&NotificationPreferenceRow::user_id> == user && col<&NotificationPreferenceRow::kind> == kind)
      .one(in_);
}

void NotificationRepository::add(api::UnitOfWork& unit, const NotificationRow& row) {
  const auto& statement =
      unit.dialect() == sql::Dialect::postgres ? notify_in_app_on_postgres : notify_in_app_on_sqlite;
  unit.collect(
      {.sql = std::string(statement.text()),
       .parameters = {row.id, row.user_id, row.kind, row.resource_id ? sql::Value(*row.resource_id) : sql::Value(),
                      row.detail, row.created_at},
       .mode = sql::Mode::write});
}

Task<Result<std::optional<Notification>>> NotificationRepository::read(api::UnitOfWork& unit, Uuid user, Uuid id) {
  const auto condition = col<&NotificationRow::id> == id && col<&NotificationRow::user_id> == user;
  co_await unwrap(sql::update<NotificationRow>()
                      .set(col<&NotificationRow::read_at> = Nullable<Timestamp>(unit.call().now()))
                      .where(condition && col<&NotificationRow::read_at>.is_null())
                      .run(unit));
  auto row = co_await unwrap(from<NotificationRow>().where(condition).one(unit));
  if (!row) co_return std::nullopt;
  co_return notification_of(std::move(*row));
}

Task<Result<std::int64_t>> NotificationRepository::read_all(api::UnitOfWork& unit, Uuid user) {
  const auto updated =
      co_await unwrap(sql::update<NotificationRow>()
                          .set(col<&NotificationRow::read_at> = Nullable<Timestamp>(unit.call().now()))
                          .where(col<&NotificationRow::user_id> == user && col<&NotificationRow::read_at>.is_null())
                          .run(unit));
  co_return static_cast<std::int64_t>(updated.rows_affected);
}

Task<Result<>> NotificationRepository::save(api::UnitOfWork& unit, NotificationPreferenceRow row) {
  co_await unwrap(
      account_must_exist(co_await sql::insert(row)
                             .on_conflict<&NotificationPreferenceRow::user_id, &NotificationPreferenceRow::kind>()
                             .replace_all()
                             .run(unit)));
  co_return Result<>{};
}

Task<Result<std::int64_t>> NotificationRepository::remove_older(api::UnitOfWork& unit, Timestamp created_until) {
  const auto removed = co_await unwrap(
      sql::erase<NotificationRow>().where(col<&NotificationRow::created_at> <= created_until).run(unit));
  co_return static_cast<std::int64_t>(removed.rows_affected);
}

}  // namespace ashlar::backend
