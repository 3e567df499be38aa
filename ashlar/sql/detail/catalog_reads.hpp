// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/catalog.hpp"

#include <vector>

namespace ashlar::sql::detail {

// The queries whose rows form a Catalog, in this order. They write into `out`, which must outlive them.
std::vector<Statement> sqlite_catalog_reads(Catalog& out);
std::vector<Statement> postgres_catalog_reads(Catalog& out);

// The table that a row belongs to: the first query has created all tables.
Catalog::Table& table_in(Catalog& catalog, std::string_view name);

}  // namespace ashlar::sql::detail
