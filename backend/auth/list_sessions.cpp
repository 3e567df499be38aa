// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/list_sessions.hpp"

#include "backend/auth/session_repository.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

Session Session::example() {
  const Timestamp moment = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{});
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a70").value_or(Uuid{}),
          .current = true,
          .client_address = "203.0.113.7",
          .client_agent = "Mozilla/5.0",
          .created_at = moment,
          .last_used_at = moment,
          .expires_at = moment + std::chrono::hours{7 * 24}};
}

Task<Result<api::Page<Session>>> list_sessions(api::UserCall& call, ListSessions in, sql::Database& database,
                                               Sessions& sessions) {
  auto page = co_await unwrap(SessionRepository(database).list(call.user().id, call.now(), sessions.limits(), in));
  for (Session& session : page.items) session.current = session.id == call.user().session;
  co_return page;
}

}  // namespace ashlar::backend
