// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>

namespace ashlar::instances {

// A running instance. An application whose instances wait for each other has this table in its migrations and models.
struct InstanceRow {
  Uuid id;                   // made at each start
  std::int64_t looks = 0;    // incremented before each look at the database
  std::int64_t applied = 0;  // the last look whose changes are applied
  Timestamp lease_until;     // by the database's clock; beyond it the instance uses nothing that it keeps
};
ASHLAR_DESCRIBE(InstanceRow, id, looks, applied, lease_until)
ASHLAR_TABLE(InstanceRow, "instances", sql::primary_key<&InstanceRow::id>(), sql::without_rowid())

}  // namespace ashlar::instances
