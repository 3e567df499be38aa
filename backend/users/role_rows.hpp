// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table_rules.hpp"

#include <string>

namespace ashlar::backend {

struct PermissionRow {
  std::string name;
  std::string description;
};
ASHLAR_DESCRIBE(PermissionRow, name, description)
ASHLAR_TABLE(PermissionRow, "permissions", sql::primary_key<&PermissionRow::name>(), sql::without_rowid(),
             sql::check({"name not glob '*[^a-z0-9:_-]*'", "name !~ '[^a-z0-9:_-]'"}))

struct RoleRow {
  std::string name;
  std::string description;
};
ASHLAR_DESCRIBE(RoleRow, name, description)
ASHLAR_TABLE(RoleRow, "roles", sql::primary_key<&RoleRow::name>(), sql::without_rowid())

// What a role brings.
struct RolePermissionRow {
  std::string role;
  std::string permission;
};
ASHLAR_DESCRIBE(RolePermissionRow, role, permission)
ASHLAR_TABLE(RolePermissionRow, "role_permissions",
             sql::primary_key<&RolePermissionRow::role, &RolePermissionRow::permission>(), sql::without_rowid(),
             sql::references<&RolePermissionRow::role, &RoleRow::name>(sql::OnDelete::cascade),
             sql::references<&RolePermissionRow::permission, &PermissionRow::name>(sql::OnDelete::cascade))

}  // namespace ashlar::backend
