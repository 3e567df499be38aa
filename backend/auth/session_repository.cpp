// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/session_repository.hpp"

#include "ashlar/instances/revocation_sync.hpp"
#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using instances::RevokedSessionRow;
using sql::asc;
using sql::col;
using sql::desc;

namespace {

Session session_of(SessionRow row) {
  return {.id = row.id,
          .current = false,
          .client_address = std::move(row.client_address),
          .client_agent = std::move(row.client_agent),
          .created_at = row.created_at,
          .last_used_at = row.last_used_at,
          .expires_at = row.expires_at};
}

Task<Result<std::vector<Uuid>>> end_where(api::UnitOfWork& unit, sql::Condition<SessionRow> which,
                                          Timestamp revoked_until) {
  const auto ended = co_await unwrap(sql::erase<SessionRow>().where(std::move(which)).returning_all(unit));
  std::vector<Uuid> ids;
  std::vector<RevokedSessionRow> revoked;
  for (const SessionRow& row : ended) {
    ids.push_back(row.id);
    revoked.push_back({.session_id = row.id, .expires_at = revoked_until});
  }
  co_await unwrap(sql::insert_many(revoked).run(unit));
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::erase<RevokedSessionRow>().where(col<&RevokedSessionRow::expires_at> <= now).run(unit));
  co_return ids;
}

}  // namespace

Task<Result<api::Page<Session>>> SessionRepository::list(Uuid user, Timestamp now, ListSessions wanted) {
  auto rows = co_await unwrap(sql::from<SessionRow>()
                                  .where(col<&SessionRow::user_id> == user && col<&SessionRow::expires_at> > now)
                                  .order_by(wanted.sort, asc<&SessionRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<Session> page{.rows = {}, .total = rows.total};
  for (SessionRow& row : rows.rows) page.rows.push_back(session_of(std::move(row)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::vector<Session>>> SessionRepository::all_of(Uuid user, Timestamp now) {
  auto rows = co_await unwrap(sql::from<SessionRow>()
                                  .where(col<&SessionRow::user_id> == user && col<&SessionRow::expires_at> > now)
                                  .order_by(desc<&SessionRow::created_at>, desc<&SessionRow::id>)
                                  .all(in_));
  std::vector<Session> out;
  for (SessionRow& row : rows) out.push_back(session_of(std::move(row)));
  co_return out;
}

Task<Result<std::vector<SessionClient>>> SessionRepository::clients(Uuid user, Timestamp now) {
  return sql::select<SessionClient>()
      .from<SessionRow>()
      .where(col<&SessionRow::user_id> == user && col<&SessionRow::expires_at> > now)
      .all(in_);
}

Task<Result<>> SessionRepository::create(api::UnitOfWork& unit, SessionRow session) {
  co_await unwrap(
      sql::erase<SessionRow>()
          .where(col<&SessionRow::user_id> == session.user_id && col<&SessionRow::expires_at> <= session.created_at)
          .run(unit));
  co_await unwrap(sql::insert(session).run(unit));
  co_return Result<>{};
}

Task<Result<bool>> SessionRepository::advance(api::UnitOfWork& unit, RefreshStep step) {
  const auto updated = co_await unwrap(
      sql::update<SessionRow>()
          .set(col<&SessionRow::refresh_id> = step.to, col<&SessionRow::last_used_at> = unit.call().now(),
               col<&SessionRow::expires_at> = step.expires_at)
          .where(col<&SessionRow::id> == step.session && col<&SessionRow::user_id> == step.user_id &&
                 col<&SessionRow::refresh_id> == step.from)
          .run(unit));
  co_return updated.rows_affected == 1;
}

Task<Result<std::vector<Uuid>>> SessionRepository::end(api::UnitOfWork& unit, Uuid user, std::optional<Uuid> session,
                                                       Timestamp revoked_until) {
  sql::Condition<SessionRow> which = col<&SessionRow::user_id> == user;
  if (session) which = std::move(which) && col<&SessionRow::id> == *session;
  return end_where(unit, std::move(which), revoked_until);
}

Task<Result<std::vector<Uuid>>> SessionRepository::end_beyond(api::UnitOfWork& unit, Uuid user, std::int64_t kept,
                                                              Timestamp revoked_until) {
  const auto beyond = co_await unwrap(sql::from<SessionRow>()
                                          .where(col<&SessionRow::user_id> == user)
                                          .order_by(desc<&SessionRow::last_used_at>, desc<&SessionRow::id>)
                                          .page(2, kept)
                                          .all(unit));
  std::vector<Uuid> ids;
  if (beyond.empty()) co_return ids;
  for (const SessionRow& row : beyond) ids.push_back(row.id);
  co_return co_await end_where(unit, col<&SessionRow::id>.in(ids), revoked_until);
}

}  // namespace ashlar::backend
