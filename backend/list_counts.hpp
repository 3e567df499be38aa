// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/async/unwrap.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// Rows selected by other filters are counted up to these numbers.
inline constexpr std::int64_t filtered_rows_counted_max = 10'000;  // along an index
inline constexpr std::int64_t found_rows_counted_max = 1'000;      // by `search`

// One page of a list, with its total from the counter or, without one, counted up to `rows_max`.
template <class Row, class T>
Task<Result<api::Page<T>>> counted_page(sql::List<Row, T> rows, sql::Executor& in, api::PageNumber page,
                                        api::PageLimit limit, std::optional<Counter> counter, std::int64_t rows_max) {
  auto read = counter ? rows.page_with_total(in, page, limit, total_of({std::move(*counter)}, in.dialect()))
                      : rows.page_counted_to(in, page, limit, rows_max);
  auto out = co_await unwrap(std::move(read));
  co_return api::page_of(std::move(out), page, limit);
}

}  // namespace ashlar::backend
