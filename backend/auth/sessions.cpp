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

// A token says who calls. What the account may do is asked of Authorities at each call.
auth::Principal principal_of(const User& user, const Uuid& session) {
  return {.id = user.id,
          .session = session,
          .token_id = {},
          .email = user.email,
          .role = {},
          .permissions = {},
          .expires_at = {}};
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

}  // namespace

Timestamp Sessions::last_access_expiry(Timestamp now) const {
  return now + tokens_.options().access_lifetime + revocation_margin;
}

Task<Result<TokenPair>> Sessions::open(api::UnitOfWork& unit, SignIn sign_in, Notice notice) {
  const User& user = sign_in.user;
  const api::Call& call = unit.call();
  const std::string agent = readable(call.client_agent());
  if (notice == Notice::if_unseen) {
    const auto clients = co_await unwrap(SessionRepository(unit).clients(user.id, call.now()));
    if (!is_seen(clients, call.client_address(), agent)) mails_.send_new_sign_in(unit, user.email);
  }
  const Uuid session = call.new_id();
  auth::Principal principal = principal_of(user, session);
  principal.amr = std::move(sign_in.amr);
  TokenPair pair{.access = tokens_.issue_access(principal),
                 .refresh = tokens_.issue_refresh(user.id, session),
                 .device = devices_.issue(user.id, call.now(), call.random())};
  co_await unwrap(SessionRepository::create(unit, {.id = session,
                                                   .user_id = user.id,
                                                   .refresh_id = pair.refresh.token_id,
                                                   .created_at = call.now(),
                                                   .last_used_at = call.now(),
                                                   .expires_at = pair.refresh.expires_at,
                                                   .client_address = std::string(call.client_address()),
                                                   .client_agent = agent}));
  const Timestamp until = last_access_expiry(call.now());
  auto ended = co_await unwrap(SessionRepository::end_beyond(unit, user.id, per_user_max_, until));
  revoke_after(unit, {.ids = std::move(ended), .until = until});
  unit.after_commit([&call, user_id = user.id, session] { return log_sign_in(&call, user_id, session); });
  co_return pair;
}

Task<Result<api::WithCredentials<SignedIn>>> Sessions::refresh(api::Call& call, std::string refresh_token) {
  const auth::RefreshClaims claims = co_await unwrap(tokens_.verify_refresh(refresh_token));
  auth::IssuedToken next = tokens_.issue_refresh(claims.account, claims.session);
  const bool advanced = co_await unwrap(units_.run_one(call, &SessionRepository::advance,
                                                       RefreshStep{.session = claims.session,
                                                                   .user_id = claims.account,
                                                                   .from = claims.token_id,
                                                                   .to = next.token_id,
                                                                   .expires_at = next.expires_at}));
  if (!advanced) {
    auto ended = co_await end(call, claims.account, claims.session);
    if (!ended && ended.error().code() == errors::session_not_found)
      co_return fail(auth::errors::token_revoked, "This session has ended. Sign in again.");
    co_await unwrap(std::move(ended));
    log_event(call, log::Level::warn, "a refresh token was used twice; its session has ended", claims.account,
              claims.session);
    co_return fail(errors::refresh_reused, "This refresh token was used before. The session has ended: sign in again.");
  }

  User user = co_await unwrap(required(co_await UserRepository(units_.database()).find(claims.account),
                                       auth::errors::token_revoked, "This account does not exist any more."));
  TokenPair pair{.access = tokens_.issue_access(principal_of(user, claims.session)), .refresh = std::move(next)};
  log_event(call, log::Level::info, "session refreshed", claims.account, claims.session);
  co_return signed_in(call, std::move(user), std::move(pair));
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
  auto ids = co_await unwrap(SessionRepository::end(unit, user, session, until));
  if (ids.empty()) co_return fail(errors::session_not_found, "There is no such session.");
  sessions->revoke_after(unit, {.ids = std::move(ids), .until = until});
  co_return Result<>{};
}

Task<Result<>> Sessions::end(api::Call& call, Uuid user, Uuid session) {
  return units_.run(call, &Sessions::end_one, this, user, session);
}

Task<Result<>> Sessions::end_all(api::UnitOfWork& unit, Uuid user) {
  const Timestamp until = last_access_expiry(unit.call().now());
  auto ids = co_await unwrap(SessionRepository::end(unit, user, std::nullopt, until));
  revoke_after(unit, {.ids = std::move(ids), .until = until});
  co_return Result<>{};
}

void Sessions::revoke_after(api::UnitOfWork& unit, instances::EndedSessions ended) {
  if (ended.ids.empty()) return;
  unit.after_commit([this, ended = std::move(ended)]() mutable { return revoke(std::move(ended)); });
}

Task<> Sessions::revoke(instances::EndedSessions ended) {
  for (const Uuid& session : ended.ids) revocations_.revoke_session(session, ended.until);
  if (broadcast_ != nullptr) (void)co_await broadcast_->announce(std::move(ended));
}

}  // namespace ashlar::backend
