// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/sessions.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/ip_address.hpp"
#include "ashlar/log/logger.hpp"
#include "backend/auth/session_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <algorithm>
#include <chrono>

namespace ashlar::backend {

namespace {

// A token may be signed a moment after its session was read and ended.
constexpr std::chrono::seconds revocation_margin{60};

struct Proof {
  Uuid session;
  Timestamp auth_time;
  std::vector<std::string> amr;
};

// A token says who calls. What the account may do is asked of Authorities at each call.
auth::Principal principal_of(const User& user, Proof proof) {
  return {.id = user.id,
          .session = proof.session,
          .token_id = {},
          .email = user.email,
          .role = {},
          .permissions = {},
          .expires_at = {},
          .auth_time = proof.auth_time,
          .amr = std::move(proof.amr)};
}

User user_of(const Uuid& id, RefreshedRow row) {
  return {.id = id,
          .email = std::move(row.email),
          .name = std::move(row.name),
          .age = row.age,
          .role = std::move(row.role),
          .permissions = std::move(row.permissions),
          .email_verified = row.email_verified,
          .mfa_enabled = row.mfa_enabled,
          .created_at = row.created_at,
          .updated_at = row.updated_at};
}

// A client may send any User-Agent. Text that is not UTF-8 can be neither stored nor shown.
std::string readable(std::string_view agent) {
  return is_utf8(agent) && agent.find('\0') == agent.npos ? std::string(agent) : std::string();
}

// Hosts have a whole /64 of IPv6, and many change their address in it every day.
bool is_same_network(std::string_view a, std::string_view b) {
  const auto first = IpAddress::parse(a);
  const auto second = IpAddress::parse(b);
  if (!first || !second) return a == b;
  return first->high() == second->high() && (!first->is_ipv4() || first->low() == second->low());
}

// A stranger can send an agent that the owner uses, or share an address with the owner: both have to be known.
bool is_seen(const std::vector<SessionClient>& clients, std::string_view address, std::string_view agent) {
  const bool address_seen = std::ranges::any_of(
      clients, [&](const SessionClient& client) { return is_same_network(client.client_address, address); });
  return address_seen && std::ranges::find(clients, agent, &SessionClient::client_agent) != clients.end();
}

void log_event(const api::Call& call, log::Level level, std::string_view message, const Uuid& user,
               const Uuid& session) {
  call.log().security(
      level, message,
      {{"userId", user.to_string()}, {"sessionId", session.to_string()}, {"address", call.client_address()}});
}

// However the user signed in. The call outlives it: a unit awaits what follows its commit.
Task<> log_sign_in(const api::Call* call, Uuid user, Uuid session) {
  log_event(*call, log::Level::info, "signed in", user, session);
  co_return;
}

Task<> log_step_up(const api::Call* call, Uuid user, Uuid session) {
  log_event(*call, log::Level::info, "stepped up", user, session);
  co_return;
}

}  // namespace

Timestamp Sessions::last_access_expiry(Timestamp now) const {
  return now + tokens_.options().access_lifetime + revocation_margin;
}

Timestamp Sessions::refresh_expiry(Timestamp now) const {
  return now + std::min<std::chrono::milliseconds>(tokens_.options().refresh_lifetime, options_.limits.idle_max);
}

Task<Result<TokenPair>> Sessions::open(api::UnitOfWork& unit, SignIn sign_in, Notice notice) {
  const api::Call& call = unit.call();
  const Timestamp now = call.now();
  const Uuid user = sign_in.user.id;
  if (sign_in.user.disabled_at)
    co_return fail(errors::invalid_credentials, "The e-mail address or the password is wrong.");
  const std::string agent = readable(call.client_agent());
  if (notice == Notice::if_unseen) {
    const auto clients = co_await unwrap(SessionRepository(unit).clients(user, now, options_.limits));
    if (!is_seen(clients, call.client_address(), agent)) mails_.send_new_sign_in(unit, user, sign_in.user.email);
  }
  if (sign_in.replaces) co_await unwrap(end_replaced(unit, std::move(*sign_in.replaces)));

  const Uuid session = call.new_id();
  const Timestamp session_ends_at = now + options_.limits.lifetime_max;
  TokenPair pair{
      .access = tokens_.issue_access(
          principal_of(sign_in.user, {.session = session, .auth_time = now, .amr = sign_in.amr}), session_ends_at),
      .refresh = tokens_.issue_refresh({.account = user,
                                        .session = session,
                                        .token_id = tokens_.new_token_id(),
                                        .expires_at = std::min(refresh_expiry(now), session_ends_at)},
                                       now),
      .device = devices_.issue(user, now, call.random())};
  co_await unwrap(SessionRepository::create(unit, {.id = session,
                                                   .user_id = user,
                                                   .refresh_id = pair.refresh.token_id,
                                                   .created_at = now,
                                                   .last_used_at = now,
                                                   .expires_at = pair.refresh.expires_at,
                                                   .client_address = std::string(call.client_address()),
                                                   .client_agent = agent,
                                                   .previous_id = std::nullopt,
                                                   .rotated_at = std::nullopt,
                                                   .access_expires_at = last_access_expiry(now),
                                                   .auth_time = now,
                                                   .amr = std::move(sign_in.amr),
                                                   .credentials_version = sign_in.credentials_version}));
  revoke_after(unit, co_await unwrap(SessionRepository::end_beyond(unit, user, session, options_.per_user_max,
                                                                   last_access_expiry(now))));
  unit.after_commit([&call, user, session] { return log_sign_in(&call, user, session); });
  co_return pair;
}

Task<Result<>> Sessions::end_replaced(api::UnitOfWork& unit, std::string refresh_token) {
  const auto claims = tokens_.verify_refresh(refresh_token);
  if (!claims) co_return Result<>{};
  revoke_after(unit, co_await unwrap(SessionRepository::end(unit, claims->account, claims->session,
                                                            last_access_expiry(unit.call().now()))));
  co_return Result<>{};
}

Task<Result<auth::IssuedToken>> Sessions::step_up(api::UnitOfWork& unit, User user, Uuid session,
                                                  std::vector<std::string> amr) {
  const api::Call& call = unit.call();
  const SessionRow row = co_await unwrap(
      required(co_await SessionRepository::step_up(unit, {.session = session,
                                                          .user_id = user.id,
                                                          .auth_time = call.now(),
                                                          .amr = std::move(amr),
                                                          .access_expires_at = last_access_expiry(call.now()),
                                                          .limits = options_.limits}),
               auth::errors::token_revoked, "This session has ended. Sign in again."));
  unit.after_commit([&call, id = user.id, session] { return log_step_up(&call, id, session); });
  co_return tokens_.issue_access(principal_of(user, {.session = session, .auth_time = row.auth_time, .amr = row.amr}),
                                 std::min(row.access_expires_at, row.created_at + options_.limits.lifetime_max));
}

Task<Result<api::WithCredentials<SignedIn>>> Sessions::refresh(api::Call& call, std::string refresh_token) {
  const auth::RefreshClaims claims = co_await unwrap(tokens_.verify_refresh(refresh_token));
  const RefreshStep step{.session = claims.session,
                         .user_id = claims.account,
                         .from = claims.token_id,
                         .to = tokens_.new_token_id(),
                         .expires_at = refresh_expiry(call.now()),
                         .access_expires_at = last_access_expiry(call.now()),
                         .limits = options_.limits};
  auto row = co_await unwrap(units_.run_one(call, &SessionRepository::advance, step));
  if (!row) co_return std::unexpected(co_await refuse(call, step));

  log_event(call, log::Level::info, row->refresh_id == step.to ? "session refreshed" : "session refreshed again",
            claims.account, claims.session);
  // All claims come from the row, so a token that is sent again gets the same successor as the first time.
  auth::IssuedToken next = tokens_.issue_refresh({.account = claims.account,
                                                  .session = claims.session,
                                                  .token_id = row->refresh_id,
                                                  .expires_at = row->expires_at},
                                                 row->last_used_at);
  const Proof proof{.session = claims.session, .auth_time = row->auth_time, .amr = row->amr};
  // The row says how long a revocation of the session lasts; a token that is signed late is shorter.
  const Timestamp not_after = std::min(step.access_expires_at, row->session_created_at + options_.limits.lifetime_max);
  User user = user_of(claims.account, std::move(*row));
  TokenPair pair{.access = tokens_.issue_access(principal_of(user, proof), not_after), .refresh = std::move(next)};
  co_return signed_in(call, std::move(user), std::move(pair));
}

Task<Result<RefreshRefusal>> Sessions::end_refused(api::UnitOfWork& unit, Sessions* sessions, RefreshStep step) {
  RefusedRefresh refused = co_await unwrap(SessionRepository::refuse(unit, std::move(step)));
  sessions->revoke_after(unit, std::move(refused.ended));
  co_return refused.refusal;
}

Task<Error> Sessions::refuse(api::Call& call, RefreshStep step) {
  auto refusal = co_await units_.run(call, &Sessions::end_refused, this, step);
  if (!refusal) co_return std::move(refusal.error());
  switch (*refusal) {
    case RefreshRefusal::reused:
      log_event(call, log::Level::warn, "a refresh token was used twice; its session has ended", step.user_id,
                step.session);
      co_return Error(errors::refresh_reused,
                      "This refresh token was used before. The session has ended: sign in again.");
    case RefreshRefusal::outlived:
      co_return Error(auth::errors::token_expired, "This session has expired. Sign in again.");
    case RefreshRefusal::withdrawn:
    case RefreshRefusal::no_session:
      break;
  }
  co_return Error(auth::errors::token_revoked, "This session has ended. Sign in again.");
}

Result<std::vector<NamedSession>> Sessions::named_by(std::string_view access_token,
                                                     std::string_view refresh_token) const {
  std::vector<NamedSession> out;
  std::optional<Error> refusal;
  if (!access_token.empty()) {
    const auto principal = tokens_.verify_access_of_any_age(access_token);
    if (principal) {
      out.push_back({.account = (*principal)->id, .session = (*principal)->session});
    } else {
      refusal = principal.error();
    }
  }
  if (!refresh_token.empty()) {
    const auto claims = tokens_.verify_refresh(refresh_token);
    if (claims) {
      const NamedSession named{.account = claims->account, .session = claims->session};
      if (out.empty() || out.front() != named) out.push_back(named);
    } else if (!refusal) {
      refusal = claims.error();
    }
  }
  if (!out.empty()) return out;
  if (refusal) return std::unexpected(std::move(*refusal));
  return fail(auth::errors::not_signed_in, "Sign in to do this.");
}

Task<Result<>> Sessions::end_one(api::UnitOfWork& unit, Sessions* sessions, Uuid user, Uuid session) {
  const Timestamp until = sessions->last_access_expiry(unit.call().now());
  instances::EndedSessions ended = co_await unwrap(SessionRepository::end(unit, user, session, until));
  if (ended.ids.empty()) co_return fail(errors::session_not_found, "There is no such session.");
  sessions->revoke_after(unit, std::move(ended));
  co_return Result<>{};
}

Task<Result<>> Sessions::end(api::Call& call, Uuid user, Uuid session) {
  return units_.run(call, &Sessions::end_one, this, user, session);
}

Task<Result<>> Sessions::end_all(api::UnitOfWork& unit, Uuid user) {
  const Timestamp until = last_access_expiry(unit.call().now());
  revoke_after(unit, co_await unwrap(SessionRepository::end(unit, user, std::nullopt, until)));
  co_return Result<>{};
}

void Sessions::revoke_after(api::UnitOfWork& unit, instances::EndedSessions ended) {
  if (ended.ids.empty()) return;
  unit.after_commit([this, ended = std::move(ended)]() mutable { return revoke(std::move(ended)); });
}

Task<> Sessions::revoke(instances::EndedSessions ended) {
  for (const Uuid& session : ended.ids) revocations_.revoke_session(session, ended.until);
  co_await instances_.wait_until_applied();
}

}  // namespace ashlar::backend
