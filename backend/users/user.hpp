// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode email_taken{ErrorKind::conflict, "user.email_taken"};
inline constexpr ErrorCode user_not_found{ErrorKind::not_found, "user.not_found"};
inline constexpr ErrorCode last_admin{ErrorKind::conflict, "user.last_admin"};
}  // namespace errors

inline constexpr std::string_view role_user = "user";
inline constexpr std::string_view role_admin = "admin";  // of the first admin; what makes an admin is `everything`
inline constexpr std::string_view everything = "*";      // an admin is an account whose role holds it

using UserName = Line<1, 120>;
using Age = Int<0, 150>;
using RoleName = Line<1, 64>;

// The key for comparing addresses: Email::key(), for unchecked text. Text without a key is its own key.
[[nodiscard]] std::string email_key_of(std::string_view address);

// An account, as shown to all who may see it: without hash and secrets.
struct User {
  Uuid id;
  std::string email;
  std::string name;
  Nullable<std::int64_t> age;
  std::string role;
  std::vector<std::string> permissions;  // the role's and the account's own, sorted
  bool email_verified = false;
  bool mfa_enabled = false;
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> disabled_at = std::nullopt;  // omitted while the account is enabled

  static User example();
};
ASHLAR_DESCRIBE(User, id, email, name, age, role, permissions, email_verified, mfa_enabled, created_at, updated_at,
                disabled_at)

}  // namespace ashlar::backend
