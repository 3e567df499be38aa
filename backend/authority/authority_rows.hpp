// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

struct GrantRow {
  Uuid id;
  Uuid user_id;
  std::string permission;
  Nullable<std::string> resource;  // with resource_id: for that object alone
  Nullable<std::string> resource_id;
  Timestamp starts_at;
  Nullable<Timestamp> ends_at;
  std::string reason;
  Uuid approved_by;  // an account that may be removed since
  Timestamp created_at;
};
ASHLAR_DESCRIBE(GrantRow, id, user_id, permission, resource, resource_id, starts_at, ends_at, reason, approved_by,
                created_at)
ASHLAR_TABLE(GrantRow, "grants", sql::references<&GrantRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::references<&GrantRow::permission, &PermissionRow::name>(sql::OnDelete::cascade),
             sql::check("(resource is null) = (resource_id is null)"), sql::check("ends_at > starts_at"),
             sql::index<&GrantRow::user_id, &GrantRow::created_at, &GrantRow::id>("grants_user"))
ASHLAR_AUDIT(GrantRow, "grant", audit::id<&GrantRow::id>(), audit::left_out<&GrantRow::created_at>())

}  // namespace ashlar::backend
