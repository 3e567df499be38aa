// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/auth/ended_sessions.hpp"
#include "backend/auth/revocation_broadcast.hpp"
#include "backend/auth/signed_in.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

// What sign-in hands over: the tokens, and the sessions that had to go for this one, to be revoked.
struct OpenedSession {
  TokenPair pair;
  EndedSessions ended;
};

// Sign-ins that last. A session begins with a sign-in and has one refresh token that is good at a time: each use
// replaces it. Ending one makes its refresh token useless, and its access tokens refused from that moment on: here,
// after a restart, and in the instances that the broadcast reaches; in others when they look at the database next. Safe
// from every loop. What it is given outlives it.
class Sessions {
 public:
  // `broadcast` may be null. A user has at most `per_user_max` sessions: one more ends the one that was used longest
  // ago.
  Sessions(sql::Database& database, auth::Tokens& tokens, auth::MemoryRevocations& revocations,
           RevocationBroadcast* broadcast, std::uint32_t per_user_max)
      : database_(database),
        tokens_(tokens),
        revocations_(revocations),
        broadcast_(broadcast),
        per_user_max_(per_user_max) {}
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  // Begins a session of the user's, as part of `in`; what it ended is to be revoked when that is committed.
  Task<Result<OpenedSession>> open(web::Context& ctx, sql::Executor& in, const User& user);

  // A new pair for a refresh token, which is used up by it. Errors: auth.token_invalid, auth.token_expired;
  // auth.token_revoked when the session has ended; auth.refresh_reused when the token had been used before: it may be
  // in the wrong hands, so the session ends.
  Task<Result<SignedIn>> refresh(web::Context& ctx, std::string refresh_token);

  // Ends one session of the user's. Error auth.session_not_found.
  Task<Result<>> end(Uuid user, Uuid session, Timestamp now);
  // Ends all of the user's, as part of `in`; to be revoked when that is committed.
  Task<Result<EndedSessions>> end_all(sql::Executor& in, Uuid user, Timestamp now);
  Task<> revoke(EndedSessions ended);

 private:
  [[nodiscard]] Timestamp last_access_expiry(Timestamp now) const;

  sql::Database& database_;
  auth::Tokens& tokens_;
  auth::MemoryRevocations& revocations_;
  RevocationBroadcast* broadcast_;
  std::uint32_t per_user_max_;
};

}  // namespace ashlar::backend
