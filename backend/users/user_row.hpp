// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/role_rows.hpp"
#include "backend/users/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

struct UserRow {
  Uuid id;
  std::string email;
  std::string email_key;  // email_key_of(email), by which accounts are found and addresses are unique
  std::string name;
  Nullable<std::int64_t> age;
  std::string role;
  std::string password_hash;
  // The role's and the account's own, sorted. The database's triggers write it; a value written here is ignored.
  std::vector<std::string> permissions;
  bool email_verified = false;
  bool mfa_enabled = false;
  Timestamp created_at;
  Timestamp updated_at;
  std::int64_t credentials_version = 0;                 // counts changes of the user's credentials
  std::optional<Timestamp> disabled_at = std::nullopt;  // since when sign-ins are refused; nullopt: enabled
};
ASHLAR_DESCRIBE(UserRow, id, email, email_key, name, age, role, password_hash, permissions, email_verified, mfa_enabled,
                created_at, updated_at, credentials_version, disabled_at)
ASHLAR_TABLE(UserRow, "users", sql::references<&UserRow::role, &RoleRow::name>(), sql::type<&UserRow::age>("integer"),
             sql::type<&UserRow::permissions>("text"), sql::default_value<&UserRow::permissions>("'[]'"),
             sql::default_value<&UserRow::credentials_version>("0"), sql::check("age between 0 and 150"),
             sql::default_value<&UserRow::email_key>("''"), sql::unique<&UserRow::email_key>("users_email_key"),
             sql::index<&UserRow::created_at, &UserRow::id>("users_created_at"),
             sql::index<&UserRow::role>("users_role"),
             sql::index<&UserRow::updated_at, &UserRow::id>("users_updated_at"),
             sql::index<&UserRow::name, &UserRow::id>("users_name"),
             sql::index<&UserRow::email, &UserRow::id>("users_by_email"),
             sql::index("users_age", {"age, id", "age nulls first, id"}))
ASHLAR_AUDIT(UserRow, "user", audit::id<&UserRow::id>(), audit::subject<&UserRow::id>(),
             audit::personal<&UserRow::email, &UserRow::name, &UserRow::age>(),
             audit::secret<&UserRow::password_hash>(),
             audit::left_out<&UserRow::email_key, &UserRow::permissions, &UserRow::created_at, &UserRow::updated_at,
                             &UserRow::credentials_version>())

// The account's own permissions, in addition to its role's.
struct UserPermissionRow {
  Uuid user_id;
  std::string permission;
  Timestamp created_at;
};
ASHLAR_DESCRIBE(UserPermissionRow, user_id, permission, created_at)
ASHLAR_TABLE(UserPermissionRow, "user_permissions",
             sql::primary_key<&UserPermissionRow::user_id, &UserPermissionRow::permission>(), sql::without_rowid(),
             sql::references<&UserPermissionRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::references<&UserPermissionRow::permission, &PermissionRow::name>(sql::OnDelete::cascade))

}  // namespace ashlar::backend
