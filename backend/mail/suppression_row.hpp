// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <string>

namespace ashlar::backend {

// An address that a server refused for good.
struct SuppressionRow {
  std::string address_key;  // Email::key()
  std::string reason;       // the server's, without the address
  Timestamp created_at;
};
ASHLAR_DESCRIBE(SuppressionRow, address_key, reason, created_at)
ASHLAR_TABLE(SuppressionRow, "mail_suppressions", sql::primary_key<&SuppressionRow::address_key>())

}  // namespace ashlar::backend
