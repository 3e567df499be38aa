// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/sql/table_rules.hpp"
#include "backend/users/user_row.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

struct ApiKeyRow {
  Uuid id;
  Uuid user_id;
  std::string name;
  std::string prefix;
  std::string hash;  // auth::api_key_hash
  std::vector<std::string> permissions;
  Timestamp created_at;
  Nullable<Timestamp> expires_at;
  Nullable<Timestamp> last_used_at;
};
ASHLAR_DESCRIBE(ApiKeyRow, id, user_id, name, prefix, hash, permissions, created_at, expires_at, last_used_at)
ASHLAR_TABLE(ApiKeyRow, "api_keys", sql::references<&ApiKeyRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
             sql::type<&ApiKeyRow::permissions>("text"),
             sql::index<&ApiKeyRow::user_id, &ApiKeyRow::created_at, &ApiKeyRow::id>("api_keys_user"))
ASHLAR_AUDIT(ApiKeyRow, "api_key", audit::id<&ApiKeyRow::id>(), audit::secret<&ApiKeyRow::hash>(),
             audit::left_out<&ApiKeyRow::created_at, &ApiKeyRow::last_used_at>())

}  // namespace ashlar::backend
