// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table.hpp"
#include "backend/users/user.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

// A row of users: what is written.
struct UserRow {
  Uuid id;
  std::string email;
  std::string name;
  Nullable<std::int64_t> age;
  std::string role;
  std::string password_hash;
  bool email_verified = false;
  bool mfa_enabled = false;
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(UserRow, id, email, name, age, role, password_hash, email_verified, mfa_enabled, created_at, updated_at)
ASHLAR_TABLE(UserRow, "users")

// A row of accounts, the view of users with what they may do: what is read.
struct AccountRow {
  Uuid id;
  std::string email;
  std::string name;
  Nullable<std::int64_t> age;
  std::string role;
  std::string password_hash;
  std::vector<std::string> permissions;
  bool email_verified = false;
  bool mfa_enabled = false;
  Timestamp created_at;
  Timestamp updated_at;
};
ASHLAR_DESCRIBE(AccountRow, id, email, name, age, role, password_hash, permissions, email_verified, mfa_enabled,
                created_at, updated_at)
ASHLAR_TABLE(AccountRow, "accounts")

}  // namespace ashlar::backend
