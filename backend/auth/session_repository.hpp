// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/instances/ended_sessions.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/session_limits.hpp"
#include "backend/auth/session_list.hpp"
#include "backend/auth/session_row.hpp"
#include "backend/raw_statements.hpp"

#include <cstdint>
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
  Timestamp access_expires_at;
  SessionLimits limits;
};

// A further proof of who the session's user is.
struct StepUpProof {
  Uuid session;
  Uuid user_id;
  Timestamp auth_time;
  std::vector<std::string> amr;
  Timestamp access_expires_at;
  SessionLimits limits;
};

// Why a refresh token was refused.
enum class RefreshRefusal : std::uint8_t {
  reused,      // it is neither the newest one nor one that may be sent again: its session has ended now
  outlived,    // the session was idle for too long, or is too old: it has ended now
  withdrawn,   // the account was disabled, or its credentials changed: the session has ended now
  no_session,  // it had ended before
};
struct RefusedRefresh {
  RefreshRefusal refusal = RefreshRefusal::no_session;
  instances::EndedSessions ended;
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

  // Those that can still be refreshed.
  Task<Result<api::Page<Session>>> list(Uuid user, Timestamp now, SessionLimits limits, ListSessions wanted);

  // The same, the newest first: at most as many as an account may have.
  Task<Result<std::vector<Session>>> all_of(Uuid user, Timestamp now, SessionLimits limits);
  // From where and with what they were opened.
  Task<Result<std::vector<SessionClient>>> clients(Uuid user, Timestamp now, SessionLimits limits);

  // Removes the user's expired sessions as well.
  static Task<Result<>> create(api::UnitOfWork& unit, SessionRow session);
  // One use of a refresh token, by the table in docs/design/sessions.md: one statement that writes one row. The
  // session's newest token is `step.to` afterwards, or the one that another use of `step.from` made. nullopt: the token
  // is refused, and refuse() says why.
  static Task<Result<std::optional<RefreshedRow>>> advance(api::UnitOfWork& unit, RefreshStep step);
  // Ends the session of a token that advance() refused. That no longer depends on time: a token that was refused once
  // is refused for ever.
  static Task<Result<RefusedRefresh>> refuse(api::UnitOfWork& unit, RefreshStep step);
  // nullopt when the user has no such session.
  static Task<Result<std::optional<SessionRow>>> step_up(api::UnitOfWork& unit, StepUpProof proof);
  // Removes one of the user's sessions, or all of them, and records them as revoked: until the last of their access
  // tokens expires, and at least until `revoked_until`.
  static Task<Result<instances::EndedSessions>> end(api::UnitOfWork& unit, Uuid user, std::optional<Uuid> session,
                                                    Timestamp revoked_until);
  // The same for the sessions that were used longest ago: `kept` stay, of which `opened` is one.
  static Task<Result<instances::EndedSessions>> end_beyond(api::UnitOfWork& unit, Uuid user, Uuid opened,
                                                           std::size_t kept, Timestamp revoked_until);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
