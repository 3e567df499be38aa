// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/auth/token.hpp"
#include "backend/users/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// The reply to a sign-in: the account, and the pair of tokens.
struct SignedIn {
  User user;
  std::string access_token;
  std::string refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;              // seconds, of the access token
  std::optional<std::string> device_token;  // of a new sign-in; over HTTP a cookie holds it, too

  static SignedIn example();
};
ASHLAR_DESCRIBE(SignedIn, user, access_token, refresh_token, token_type, expires_in, device_token)

// An account that has proved who it is, for Sessions::open.
struct SignIn {
  User user;
  std::vector<std::string> amr;          // how (RFC 8176): {"pwd"}, {"mfa", "otp", "pwd"}
  std::int64_t credentials_version = 0;  // Account's, as it was read under its lock
  // A refresh token that the client held: its session, of any account, ends with this sign-in. One that is not valid
  // counts as none.
  std::optional<std::string> replaces = std::nullopt;
};

struct TokenPair {
  auth::IssuedToken access;
  auth::IssuedToken refresh;
  std::optional<api::DeviceToken> device{};  // with a new session
};

// The reply with the pair, which the client also stores: as cookies, over HTTP.
[[nodiscard]] api::WithCredentials<SignedIn> signed_in(const api::Call& call, User user, TokenPair pair);

}  // namespace ashlar::backend
