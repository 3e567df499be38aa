// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/auth/token.hpp"
#include "ashlar/instances/ended_sessions.hpp"
#include "ashlar/instances/instance_register.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/device_tokens.hpp"
#include "backend/auth/session_limits.hpp"
#include "backend/auth/session_repository.hpp"
#include "backend/auth/signed_in.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

struct NamedSession {
  Uuid account;
  Uuid session;
  friend bool operator==(const NamedSession&, const NamedSession&) = default;
};

// The sessions of accounts. A session begins with a sign-in and has one newest refresh token: each use replaces it, and
// the one before it may be sent again for a moment (docs/design/sessions.md). Ending a session makes its refresh token
// useless, and when the call returns, every registered instance refuses its access tokens. Safe from every loop. What
// it is given outlives it.
class Sessions {
 public:
  Sessions(api::Units& units, auth::Tokens& tokens, const DeviceTokens& devices, auth::MemoryRevocations& revocations,
           AccountMails& mails, instances::InstanceRegister& instances, SessionOptions options)
      : units_(units),
        tokens_(tokens),
        devices_(devices),
        revocations_(revocations),
        mails_(mails),
        instances_(instances),
        options_(options) {}
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  // if_unseen: the owner gets a mail when none of the account's sessions has the client's address (an IPv6 address
  // counts by its /64 network), or none has its agent.
  enum class Notice : std::uint8_t { if_unseen, none };
  // Begins a session of the user's, as part of `unit`; the device that it is opened on is known from then on. Sessions
  // that it ends are revoked when the unit commits. Error auth.invalid_credentials when the account is disabled.
  Task<Result<TokenPair>> open(api::UnitOfWork& unit, SignIn sign_in, Notice notice = Notice::if_unseen);

  // Notes that the session's user has proved again who they are, now and by `amr`, and returns an access token that
  // says so. Part of a unit that has the account locked (UserRepository::find_account_locked). Error auth.token_revoked
  // when the session has ended.
  Task<Result<auth::IssuedToken>> step_up(api::UnitOfWork& unit, User user, Uuid session, std::vector<std::string> amr);

  // A new pair for a refresh token. For the token before the newest one, the pair with that newest one, as long as it
  // was not used, and within the window. Errors: auth.token_invalid; auth.token_expired, also when the session was idle
  // for too long or is too old; auth.token_revoked when the session has ended; auth.refresh_reused for any other token
  // of the session: it may be stolen, so the session ends.
  Task<Result<api::WithCredentials<SignedIn>>> refresh(api::Call& call, std::string refresh_token);

  // The sessions that these tokens were issued for, of which each may be empty; one when both name the same. An access
  // token may have expired or been revoked. Errors: auth.not_signed_in when both are empty; when none is good,
  // auth.token_invalid, or auth.token_expired of a refresh token.
  Result<std::vector<NamedSession>> named_by(std::string_view access_token, std::string_view refresh_token) const;

  // Ends one session of the user's. Error auth.session_not_found.
  Task<Result<>> end(api::Call& call, Uuid user, Uuid session);
  // Ends all of the user's, as part of `unit`; they are revoked when it commits.
  Task<Result<>> end_all(api::UnitOfWork& unit, Uuid user);

  [[nodiscard]] const SessionLimits& limits() const { return options_.limits; }

 private:
  Task<Result<>> end_replaced(api::UnitOfWork& unit, std::string refresh_token);
  static Task<Result<RefreshRefusal>> end_refused(api::UnitOfWork& unit, Sessions* sessions, RefreshStep step);
  Task<Error> refuse(api::Call& call, RefreshStep step);
  static Task<Result<>> end_one(api::UnitOfWork& unit, Sessions* sessions, Uuid user, Uuid session);
  void revoke_after(api::UnitOfWork& unit, instances::EndedSessions ended);
  Task<> revoke(instances::EndedSessions ended);
  [[nodiscard]] Timestamp last_access_expiry(Timestamp now) const;
  [[nodiscard]] Timestamp refresh_expiry(Timestamp now) const;

  api::Units& units_;
  auth::Tokens& tokens_;
  const DeviceTokens& devices_;
  auth::MemoryRevocations& revocations_;
  AccountMails& mails_;
  instances::InstanceRegister& instances_;
  const SessionOptions options_;
};

}  // namespace ashlar::backend
