// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The counters of the API's lists. Triggers update them in the transactions that change the rows
// (migrations/0008_lists), so a total is exact without counting rows. docs/design/lists.md says which filters have one.
namespace ashlar::backend {

struct ListCountRow {
  std::string list;  // products, products.category, products.tag, posts.published, posts.drafts, users, orders, ...
  std::string part;  // the value of the filter, or empty
  std::int64_t slot = 0;  // a counter is the sum of its slots
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(ListCountRow, list, part, slot, count)
ASHLAR_TABLE(ListCountRow, "list_counts",
             sql::primary_key<&ListCountRow::list, &ListCountRow::part, &ListCountRow::slot>(), sql::without_rowid(),
             sql::type<&ListCountRow::slot>("integer"))

struct Counter {
  std::string_view list;
  std::string part{};
};

// Reads the sum of these counters, of which there is at least one, as one integer.
[[nodiscard]] sql::Statement total_of(const std::vector<Counter>& counters, sql::Dialect dialect);

// Rows that other filters select are counted up to these numbers.
inline constexpr std::int64_t filtered_rows_counted_max = 10'000;  // along an index
inline constexpr std::int64_t found_rows_counted_max = 1'000;      // by `search`

}  // namespace ashlar::backend
