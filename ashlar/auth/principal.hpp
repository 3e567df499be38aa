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

// The API key that a caller presented. It restricts the account: a permission counts only when both the key and the
// account have it.
struct PresentedKey {
  Uuid id;
  std::vector<PermissionPattern> permissions;
  [[nodiscard]] bool covers(const Permission& permission) const;
  [[nodiscard]] bool includes(const PermissionPattern& pattern) const;
};

// The authenticated caller, made by a transport from a bearer token, an API key or a client certificate. It identifies
// the caller; an Authority (authority.hpp) says what the caller may do.
struct Principal {
  Uuid id;               // the account
  Uuid session;          // ended by logout; nil when there is none
  std::string token_id;  // jti; empty when there is none
  std::string email;
  std::string role;                      // of a token that carries it: see authority_of_claims()
  std::vector<std::string> permissions;  // the same
  Timestamp expires_at;
  std::optional<Timestamp> auth_time = std::nullopt;  // of the last sign-in with credentials; whole seconds in a token
  std::vector<std::string> amr = {};                  // how: "pwd", "otp", "hwk", "mfa" (RFC 8176)
  std::optional<PresentedKey> api_key = std::nullopt;
  // The authority from the token's claims; null: see authority_of_claims(). Unused when the application stores the
  // authority of accounts (api::AuthoritySource).
  std::shared_ptr<const Authority> claimed = nullptr;
};

// The authority that the members `role` and `permissions` describe, for applications that store no authority of
// accounts but issue it with their tokens. Texts that are not a permission or a wildcard are ignored.
[[nodiscard]] std::shared_ptr<const Authority> authority_of_claims(const Principal& principal);

}  // namespace ashlar::auth
