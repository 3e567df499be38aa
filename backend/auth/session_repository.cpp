// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/session_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/instances/revocation_sync.hpp"
#include "ashlar/sql/query.hpp"

#include <algorithm>
#include <ranges>

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

// Who ends a session that is not the caller's by a principal: the account whose token was sent, or a stranger.
enum class EndedBy : std::uint8_t { account, stranger };

Task<Result<instances::EndedSessions>> end_where(api::UnitOfWork& unit, sql::Condition<SessionRow> which,
                                                 Timestamp revoked_until, EndedBy by = EndedBy::account) {
  const auto rows = co_await unwrap(sql::erase<SessionRow>().where(std::move(which)).returning_all(unit));
  instances::EndedSessions ended{.ids = {}, .until = revoked_until};
  std::vector<RevokedSessionRow> revoked;
  for (const SessionRow& row : rows) {
    audit::record_change(unit, audit::Write::unit, "end", audit::rules_of<SessionRow>(), &row, nullptr,
                         by == EndedBy::account ? std::optional(row.user_id) : std::nullopt);
    ended.ids.push_back(row.id);
    const Timestamp until = std::max(revoked_until, row.access_expires_at);
    ended.until = std::max(ended.until, until);
    revoked.push_back({.session_id = row.id, .expires_at = until});
  }
  co_await unwrap(sql::insert_many(revoked).run(unit));
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::erase<RevokedSessionRow>().where(col<&RevokedSessionRow::expires_at> <= now).run(unit));
  co_return ended;
}

// Those that can still be refreshed.
sql::Condition<SessionRow> is_alive(const Uuid& user, Timestamp now, const SessionLimits& limits) {
  return col<&SessionRow::user_id> == user && col<&SessionRow::expires_at> > now &&
         col<&SessionRow::last_used_at> > limits.used_after(now) &&
         col<&SessionRow::created_at> > limits.created_after(now);
}

}  // namespace

Task<Result<api::Page<Session>>> SessionRepository::list(Uuid user, Timestamp now, SessionLimits limits,
                                                         ListSessions wanted) {
  auto rows = co_await unwrap(sql::from<SessionRow>()
                                  .where(is_alive(user, now, limits))
                                  .order_by(wanted.sort, asc<&SessionRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<Session> page{.rows = {}, .total = rows.total};
  for (SessionRow& row : rows.rows) page.rows.push_back(session_of(std::move(row)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::vector<Session>>> SessionRepository::all_of(Uuid user, Timestamp now, SessionLimits limits) {
  auto rows = co_await unwrap(sql::from<SessionRow>()
                                  .where(is_alive(user, now, limits))
                                  .order_by(desc<&SessionRow::created_at>, desc<&SessionRow::id>)
                                  .all(in_));
  std::vector<Session> out;
  for (SessionRow& row : rows) out.push_back(session_of(std::move(row)));
  co_return out;
}

Task<Result<std::vector<SessionClient>>> SessionRepository::clients(Uuid user, Timestamp now, SessionLimits limits) {
  return sql::select<SessionClient>().from<SessionRow>().where(is_alive(user, now, limits)).all(in_);
}

Task<Result<>> SessionRepository::create(api::UnitOfWork& unit, SessionRow session) {
  co_await unwrap(
      sql::erase<SessionRow>()
          .where(col<&SessionRow::user_id> == session.user_id && col<&SessionRow::expires_at> <= session.created_at)
          .run(unit));
  audit::record_change(unit, audit::Write::next, "sign_in", audit::rules_of<SessionRow>(), nullptr, &session,
                       session.user_id);
  co_await unwrap(sql::insert(session).run(unit));
  co_return Result<>{};
}

Task<Result<std::optional<RefreshedRow>>> SessionRepository::advance(api::UnitOfWork& unit, RefreshStep step) {
  const auto& statement = unit.dialect() == sql::Dialect::postgres ? refresh_on_postgres : refresh_on_sqlite;
  const Timestamp now = unit.call().now();
  co_return co_await statement(step.session, step.user_id, step.from, step.to, now, step.expires_at,
                               step.limits.lifetime_max.count(), step.access_expires_at,
                               step.limits.refresh_replay_window.count(), step.limits.used_after(now))
      .writing()
      .one(unit);
}

Task<Result<RefusedRefresh>> SessionRepository::refuse(api::UnitOfWork& unit, RefreshStep step) {
  const auto row =
      co_await unwrap(sql::from<SessionRow>()
                          .where(col<&SessionRow::id> == step.session && col<&SessionRow::user_id> == step.user_id)
                          .for_update()
                          .one(unit));
  if (!row) co_return RefusedRefresh{};
  const auto user = co_await unwrap(sql::find<&UserRow::id>(step.user_id).one(unit));
  const Timestamp now = unit.call().now();
  RefusedRefresh out{.refusal = RefreshRefusal::reused, .ended = {}};
  if (!user || user->disabled_at || user->credentials_version != row->credentials_version) {
    out.refusal = RefreshRefusal::withdrawn;
  } else if (row->last_used_at <= step.limits.used_after(now) || row->created_at <= step.limits.created_after(now)) {
    out.refusal = RefreshRefusal::outlived;
  }
  auto which = col<&SessionRow::user_id> == step.user_id && col<&SessionRow::id> == step.session;
  out.ended = co_await unwrap(end_where(unit, std::move(which), step.access_expires_at, EndedBy::stranger));
  co_return out;
}

Task<Result<std::optional<SessionRow>>> SessionRepository::step_up(api::UnitOfWork& unit, StepUpProof proof) {
  const Timestamp now = unit.call().now();
  audit::Event event{.action = "step_up", .resource = "session", .resource_id = proof.session.to_string()};
  event.changes = audit::ChangedFields().add("amr", "null", audit::canonical_json(proof.amr)).to_json();
  auto row =
      co_await unwrap(sql::update<SessionRow>()
                          .set(col<&SessionRow::auth_time> = proof.auth_time, col<&SessionRow::amr> = proof.amr,
                               col<&SessionRow::access_expires_at> = proof.access_expires_at)
                          .where(col<&SessionRow::id> == proof.session && col<&SessionRow::user_id> == proof.user_id &&
                                 col<&SessionRow::last_used_at> > proof.limits.used_after(now) &&
                                 col<&SessionRow::created_at> > proof.limits.created_after(now))
                          .returning_one(unit));
  if (row) audit::record(unit, std::move(event));
  co_return row;
}

Task<Result<instances::EndedSessions>> SessionRepository::end(api::UnitOfWork& unit, Uuid user,
                                                              std::optional<Uuid> session, Timestamp revoked_until) {
  sql::Condition<SessionRow> which = col<&SessionRow::user_id> == user;
  if (session) which = std::move(which) && col<&SessionRow::id> == *session;
  return end_where(unit, std::move(which), revoked_until);
}

Task<Result<instances::EndedSessions>> SessionRepository::end_beyond(api::UnitOfWork& unit, Uuid user, Uuid opened,
                                                                     std::size_t kept, Timestamp revoked_until) {
  const auto others = co_await unwrap(sql::from<SessionRow>()
                                          .where(col<&SessionRow::user_id> == user && col<&SessionRow::id> != opened)
                                          .order_by(desc<&SessionRow::last_used_at>, desc<&SessionRow::id>)
                                          .all(unit));
  std::vector<Uuid> ids;
  for (const SessionRow& row : others | std::views::drop(kept - 1)) ids.push_back(row.id);
  if (ids.empty()) co_return instances::EndedSessions{};
  co_return co_await end_where(unit, col<&SessionRow::id>.in(ids), revoked_until);
}

}  // namespace ashlar::backend
