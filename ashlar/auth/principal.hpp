// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/authority.hpp"
#include "ashlar/auth/permission.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::auth {

// The API key that a caller presented. It bounds what the account may do: a permission counts when the key has it and
// the account holds it.
struct PresentedKey {
  Uuid id;
  std::vector<PermissionPattern> permissions;
  [[nodiscard]] bool covers(const Permission& permission) const;
  [[nodiscard]] bool includes(const PermissionPattern& pattern) const;
};

// The authenticated caller. A transport makes it from a bearer token, an API key or a client certificate. It says who
// calls; what the caller may do is in an Authority (authority.hpp).
struct Principal {
  Uuid id;               // the account
  Uuid session;          // what logout ends; nil when there is none
  std::string token_id;  // jti; empty when there is none
  std::string email;
  std::string role;                      // of a token that carries it: see authority_of_claims()
  std::vector<std::string> permissions;  // the same
  Timestamp expires_at;
  std::optional<Timestamp> auth_time = std::nullopt;  // of the last sign-in with credentials; whole seconds in a token
  std::vector<std::string> amr = {};                  // how: "pwd", "otp", "hwk", "mfa" (RFC 8176)
  std::optional<PresentedKey> api_key = std::nullopt;
  // What the token's claims say that the account holds; null: see authority_of_claims(). Unused where the rights of
  // accounts are kept (api::AuthoritySource).
  std::shared_ptr<const Authority> claimed = nullptr;
};

// The authority that the members `role` and `permissions` describe, for applications that keep no rights of accounts
// but issue them with their tokens. What is not a permission or a wildcard is left out.
[[nodiscard]] std::shared_ptr<const Authority> authority_of_claims(const Principal& principal);

}  // namespace ashlar::auth
