// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/token.hpp"
#include "ashlar/web/context.hpp"
#include "backend/users/user.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

// The answer to whoever signed in: who they are, and the pair of tokens.
struct SignedIn {
  User user;
  std::string access_token;
  std::string refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;  // seconds, of the access token

  static SignedIn example();
};
ASHLAR_DESCRIBE(SignedIn, user, access_token, refresh_token, token_type, expires_in)

struct TokenPair {
  auth::IssuedToken access;
  auth::IssuedToken refresh;
};

// Also asks the face to keep the pair for the client: cookies, over HTTP.
[[nodiscard]] SignedIn hand_over(web::Context& ctx, User user, TokenPair pair);

}  // namespace ashlar::backend
