// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/sessions.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/log/logger.hpp"
#include "backend/auth/session_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <chrono>

namespace ashlar::backend {

namespace {

// A token that was signed while its session was being ended is a moment younger than the end.
constexpr std::chrono::seconds revocation_margin{60};

auth::Principal principal_of(const User& user, const Uuid& session) {
  return {.id = user.id,
          .session = session,
          .token_id = {},
          .email = user.email,
          .role = user.role,
          .permissions = user.permissions,
          .expires_at = {}};
}

// User-Agent is whatever the client sends; what is not UTF-8 can be neither stored nor shown.
std::string readable(std::string_view agent) {
  return is_utf8(agent) && agent.find('\0') == agent.npos ? std::string(agent) : std::string();
}

}  // namespace

Timestamp Sessions::last_access_expiry(Timestamp now) const {
  return now + tokens_.options().access_lifetime + revocation_margin;
}

Task<Result<OpenedSession>> Sessions::open(web::Context& ctx, sql::Executor& in, const User& user) {
  const Uuid session = ctx.new_id();
  TokenPair pair{.access = tokens_.issue_access(principal_of(user, session)),
                 .refresh = tokens_.issue_refresh(user.id, session)};
  auto created = co_await SessionRepository(in).create({.id = session,
                                                        .user_id = user.id,
                                                        .refresh_id = pair.refresh.token_id,
                                                        .created_at = ctx.now(),
                                                        .last_used_at = ctx.now(),
                                                        .expires_at = pair.refresh.expires_at,
                                                        .client_address = std::string(ctx.client_address()),
                                                        .client_agent = readable(ctx.client_agent())});
  if (!created && created.error().code() == sql::errors::foreign_key) {
    // The account was removed between the look at its password and here.
    co_return fail(errors::invalid_credentials, "The e-mail address or the password is wrong.");
  }
  if (!created) co_return std::unexpected(std::move(created.error()));
  const Timestamp until = last_access_expiry(ctx.now());
  auto ended = co_await SessionRepository(in).end_beyond(user.id, per_user_max_, ctx.now(), until);
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  co_return OpenedSession{.pair = std::move(pair), .ended = {.ids = std::move(*ended), .until = until}};
}

Task<Result<SignedIn>> Sessions::refresh(web::Context& ctx, std::string refresh_token) {
  auto claims = tokens_.verify_refresh(refresh_token);
  if (!claims) co_return std::unexpected(std::move(claims.error()));

  auth::IssuedToken next = tokens_.issue_refresh(claims->account, claims->session);
  auto advanced = co_await SessionRepository(database_).advance({.session = claims->session,
                                                                 .user_id = claims->account,
                                                                 .from = claims->token_id,
                                                                 .to = next.token_id,
                                                                 .now = ctx.now(),
                                                                 .expires_at = next.expires_at});
  if (!advanced) co_return std::unexpected(std::move(advanced.error()));
  if (!*advanced) {
    auto ended = co_await end(claims->account, claims->session, ctx.now());
    if (!ended && ended.error().code() == errors::session_not_found)
      co_return fail(auth::errors::token_revoked, "This session has ended. Sign in again.");
    if (!ended) co_return std::unexpected(std::move(ended.error()));
    ctx.log().warn("a refresh token was used twice; its session has ended", {{"user", claims->account.to_string()},
                                                                             {"session", claims->session.to_string()},
                                                                             {"address", ctx.client_address()},
                                                                             {"requestId", ctx.request_id()}});
    co_return fail(errors::refresh_reused, "This refresh token was used before. The session has ended: sign in again.");
  }

  auto user = co_await UserRepository(database_).find(claims->account);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!*user) co_return fail(auth::errors::token_revoked, "This account does not exist any more.");
  TokenPair pair{.access = tokens_.issue_access(principal_of(**user, claims->session)), .refresh = std::move(next)};
  co_return hand_over(ctx, std::move(**user), std::move(pair));
}

Task<Result<>> Sessions::end(Uuid user, Uuid session, Timestamp now) {
  auto transaction = co_await database_.begin();
  if (!transaction) co_return std::unexpected(std::move(transaction.error()));
  const Timestamp until = last_access_expiry(now);
  auto ids = co_await SessionRepository(*transaction).end(user, session, now, until);
  if (!ids) co_return std::unexpected(std::move(ids.error()));
  if (ids->empty()) co_return fail(errors::session_not_found, "There is no such session.");
  if (auto committed = co_await transaction->commit(); !committed) co_return committed;
  co_await revoke({.ids = std::move(*ids), .until = until});
  co_return Result<>{};
}

Task<Result<EndedSessions>> Sessions::end_all(sql::Executor& in, Uuid user, Timestamp now) {
  const Timestamp until = last_access_expiry(now);
  auto ids = co_await SessionRepository(in).end(user, std::nullopt, now, until);
  if (!ids) co_return std::unexpected(std::move(ids.error()));
  co_return EndedSessions{.ids = std::move(*ids), .until = until};
}

Task<> Sessions::revoke(EndedSessions ended) {
  for (const Uuid& session : ended.ids) revocations_.revoke_session(session, ended.until);
  if (broadcast_ != nullptr) (void)co_await broadcast_->announce(std::move(ended));
}

}  // namespace ashlar::backend
