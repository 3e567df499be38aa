// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/auth/list_sessions.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/session_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// One use of a refresh token: from the id that it has to the id of the next.
struct RefreshStep {
  Uuid session;
  Uuid user_id;
  std::string from;
  std::string to;
  Timestamp now;
  Timestamp expires_at;
};

// The rows of sessions, and of those that were ended early. As UserRepository: for a database or a transaction.
class SessionRepository {
 public:
  explicit SessionRepository(sql::Executor& in) : in_(in) {}

  // Drops the user's expired ones on the way.
  Task<Result<>> create(SessionRow session);
  // Compares and swaps the refresh id in one statement: false when it is not `from` any more, or nothing is there.
  Task<Result<bool>> advance(RefreshStep step);
  Task<Result<web::Page<Session>>> list(Uuid user, Timestamp now, ListSessions wanted);
  // Removes one of the user's sessions, or all of them, and notes them as revoked. Gives their ids. Several statements:
  // to be called in a transaction.
  Task<Result<std::vector<Uuid>>> end(Uuid user, std::optional<Uuid> session, Timestamp now, Timestamp revoked_until);
  // The same, of those that were used longest ago: the last `kept` stay.
  Task<Result<std::vector<Uuid>>> end_beyond(Uuid user, std::int64_t kept, Timestamp now, Timestamp revoked_until);

 private:
  Task<Result<std::vector<Uuid>>> end_where(sql::Condition<SessionRow> which, Timestamp now, Timestamp revoked_until);
  sql::Executor& in_;
};

}  // namespace ashlar::backend
