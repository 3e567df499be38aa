// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/session_repository.hpp"

#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

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

}  // namespace

Task<Result<>> SessionRepository::create(SessionRow session) {
  auto dropped =
      co_await sql::erase<SessionRow>()
          .where(col<&SessionRow::user_id> == session.user_id && col<&SessionRow::expires_at> <= session.created_at)
          .run(in_);
  if (!dropped) co_return std::unexpected(std::move(dropped.error()));
  auto inserted = co_await sql::insert(session).run(in_);
  if (!inserted) co_return std::unexpected(std::move(inserted.error()));
  co_return Result<>{};
}

Task<Result<bool>> SessionRepository::advance(RefreshStep step) {
  auto updated = co_await sql::update<SessionRow>()
                     .set(col<&SessionRow::refresh_id> = step.to, col<&SessionRow::last_used_at> = step.now,
                          col<&SessionRow::expires_at> = step.expires_at)
                     .where(col<&SessionRow::id> == step.session && col<&SessionRow::user_id> == step.user_id &&
                            col<&SessionRow::refresh_id> == step.from)
                     .run(in_);
  if (!updated) co_return std::unexpected(std::move(updated.error()));
  co_return updated->rows_affected == 1;
}

Task<Result<web::Page<Session>>> SessionRepository::list(Uuid user, Timestamp now, ListSessions wanted) {
  auto rows = co_await sql::from<SessionRow>()
                  .where(col<&SessionRow::user_id> == user && col<&SessionRow::expires_at> > now)
                  .order_by(wanted.sort, asc<&SessionRow::id>)
                  .page(wanted.page, wanted.limit)
                  .all_and_count(in_);
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  sql::Page<Session> page{.rows = {}, .total = rows->total};
  for (SessionRow& row : rows->rows) page.rows.push_back(session_of(std::move(row)));
  co_return page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::vector<Uuid>>> SessionRepository::end(Uuid user, std::optional<Uuid> session, Timestamp now,
                                                       Timestamp revoked_until) {
  sql::Condition<SessionRow> which = col<&SessionRow::user_id> == user;
  if (session) which = std::move(which) && col<&SessionRow::id> == *session;
  return end_where(std::move(which), now, revoked_until);
}

Task<Result<std::vector<Uuid>>> SessionRepository::end_beyond(Uuid user, std::int64_t kept, Timestamp now,
                                                              Timestamp revoked_until) {
  auto beyond = co_await sql::from<SessionRow>()
                    .where(col<&SessionRow::user_id> == user)
                    .order_by(desc<&SessionRow::last_used_at>, desc<&SessionRow::id>)
                    .page(2, kept)
                    .all(in_);
  if (!beyond) co_return std::unexpected(std::move(beyond.error()));
  if (beyond->empty()) co_return std::vector<Uuid>{};
  std::vector<Uuid> ids;
  for (const SessionRow& row : *beyond) ids.push_back(row.id);
  co_return co_await end_where(col<&SessionRow::id>.in(ids), now, revoked_until);
}

Task<Result<std::vector<Uuid>>> SessionRepository::end_where(sql::Condition<SessionRow> which, Timestamp now,
                                                             Timestamp revoked_until) {
  auto ended = co_await sql::erase<SessionRow>().where(std::move(which)).returning_all(in_);
  if (!ended) co_return std::unexpected(std::move(ended.error()));

  std::vector<Uuid> ids;
  std::vector<RevokedSessionRow> revoked;
  for (const SessionRow& row : *ended) {
    ids.push_back(row.id);
    revoked.push_back({.session_id = row.id, .expires_at = revoked_until});
  }
  auto noted = co_await sql::insert_many(revoked).run(in_);
  if (!noted) co_return std::unexpected(std::move(noted.error()));
  auto dropped = co_await sql::erase<RevokedSessionRow>().where(col<&RevokedSessionRow::expires_at> <= now).run(in_);
  if (!dropped) co_return std::unexpected(std::move(dropped.error()));
  co_return ids;
}

}  // namespace ashlar::backend
