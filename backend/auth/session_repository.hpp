// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/session_list.hpp"
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
  Timestamp expires_at;
};

struct SessionClient {
  std::string client_address;
  std::string client_agent;
};
ASHLAR_DESCRIBE(SessionClient, client_address, client_agent)

// The rows of sessions, and of the sessions that were ended early. Reads go to the executor that it is made for; writes
// take a unit of work.
class SessionRepository {
 public:
  explicit SessionRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<Session>>> list(Uuid user, Timestamp now, ListSessions wanted);

  // Those that have not expired, the newest first: at most as many as an account may have.
  Task<Result<std::vector<Session>>> all_of(Uuid user, Timestamp now);
  // From where and with what the user's sessions that have not expired were opened.
  Task<Result<std::vector<SessionClient>>> clients(Uuid user, Timestamp now);

  // Removes the user's expired sessions as well.
  static Task<Result<>> create(api::UnitOfWork& unit, SessionRow session);
  // Compares and swaps the refresh id in one statement: false when it is not `from`, or the session is gone.
  static Task<Result<bool>> advance(api::UnitOfWork& unit, RefreshStep step);
  // Removes one of the user's sessions, or all of them, and records them as revoked. Returns their ids.
  static Task<Result<std::vector<Uuid>>> end(api::UnitOfWork& unit, Uuid user, std::optional<Uuid> session,
                                             Timestamp revoked_until);
  // The same for the sessions that were used longest ago: the last `kept` stay.
  static Task<Result<std::vector<Uuid>>> end_beyond(api::UnitOfWork& unit, Uuid user, std::int64_t kept,
                                                    Timestamp revoked_until);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
