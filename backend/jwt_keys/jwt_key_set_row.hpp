// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

// A set of keys, of which `sealed` is the JSON of auth::KeySet::to_json(), encrypted. One row, "access".
struct JwtKeySetRow {
  std::string name;
  std::string sealed;
  std::int64_t version = 0;  // incremented by every change
};
ASHLAR_DESCRIBE(JwtKeySetRow, name, sealed, version)
ASHLAR_TABLE(JwtKeySetRow, "jwt_key_sets", sql::primary_key<&JwtKeySetRow::name>(), sql::without_rowid())

}  // namespace ashlar::backend
