// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::auth {

// The authenticated caller. A transport makes it from a bearer token, an API key or a client certificate; every
// permission decision takes it.
struct Principal {
  Uuid id;               // the account
  Uuid session;          // what logout ends; nil when there is none
  std::string token_id;  // jti; empty when there is none
  std::string email;
  std::string role;                      // "user", "admin"
  std::vector<std::string> permissions;  // "create:product"
  Timestamp expires_at;
  std::optional<Timestamp> auth_time = std::nullopt;  // of the last sign-in with credentials; whole seconds in a token
  std::vector<std::string> amr = {};                  // how: "pwd", "otp", "hwk", "mfa" (RFC 8176)
};

// What a route demands of the one who asks. `open` demands nothing.
struct Requirement {
  enum class Kind : unsigned char { open, signed_in, role, permission } kind = Kind::signed_in;
  std::vector<std::string> any_of;  // roles or permissions, one of which is enough
};

enum class Decision : unsigned char { allowed, unauthenticated, forbidden };

// The one function that decides. `principal` is null when nobody is signed in. Role `admin` holds every role and
// every permission.
[[nodiscard]] Decision decide(const Principal* principal, const Requirement& requirement);

// Whether the principal may act on what belongs to `owner`: it is the owner's or the principal is an admin.
[[nodiscard]] bool owns(const Principal& principal, const Uuid& owner);

}  // namespace ashlar::auth
