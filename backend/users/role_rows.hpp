// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

struct PermissionRow {
  std::string name;
  std::string description;
};
ASHLAR_DESCRIBE(PermissionRow, name, description)
ASHLAR_TABLE(PermissionRow, "permissions", sql::primary_key<&PermissionRow::name>(), sql::without_rowid(),
             sql::check({"name not glob '*[^a-z0-9:_*-]*'", "name !~ '[^a-z0-9:_*-]'"}))

struct RoleRow {
  std::string name;
  std::string description;
};
ASHLAR_DESCRIBE(RoleRow, name, description)
ASHLAR_TABLE(RoleRow, "roles", sql::primary_key<&RoleRow::name>(), sql::without_rowid())

// The permissions of a role.
struct RolePermissionRow {
  std::string role;
  std::string permission;
};
ASHLAR_DESCRIBE(RolePermissionRow, role, permission)
ASHLAR_TABLE(RolePermissionRow, "role_permissions",
             sql::primary_key<&RolePermissionRow::role, &RolePermissionRow::permission>(), sql::without_rowid(),
             sql::references<&RolePermissionRow::role, &RoleRow::name>(sql::OnDelete::cascade),
             sql::references<&RolePermissionRow::permission, &PermissionRow::name>(sql::OnDelete::cascade))

// The number of the last change of rights, counted by the database's triggers. One row, "authority".
struct AuthorityVersionRow {
  std::string name;
  std::int64_t version = 0;
};
ASHLAR_DESCRIBE(AuthorityVersionRow, name, version)
ASHLAR_TABLE(AuthorityVersionRow, "authority_versions", sql::primary_key<&AuthorityVersionRow::name>(),
             sql::without_rowid())

struct AuthorityChangeRow {
  std::int64_t version = 0;
  Nullable<Uuid> user_id;  // null: all accounts
};
ASHLAR_DESCRIBE(AuthorityChangeRow, version, user_id)
ASHLAR_TABLE(AuthorityChangeRow, "authority_changes", sql::primary_key<&AuthorityChangeRow::version>(),
             sql::without_rowid())

}  // namespace ashlar::backend
