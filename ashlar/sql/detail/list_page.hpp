// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/unwrap.hpp"
#include "ashlar/sql/detail/fetch.hpp"
#include "ashlar/sql/detail/select_parts.hpp"
#include "ashlar/sql/select.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace ashlar::sql {

enum class TotalKind : unsigned char { exact, at_least };

// A page of a list, and the list's number of rows.
template <class T>
struct ListPage {
  std::vector<T> rows{};
  std::int64_t total = 0;
  TotalKind kind = TotalKind::exact;
};

namespace detail {

// A page that begins after this row reads the total first, to find out which end of the list is nearer.
inline constexpr std::int64_t rows_skipped_at_once_max = 1'000;

// How many rows the conditions select, counting at most `rows`.
Statement count_to(SelectParts parts, Dialect dialect, std::int64_t rows);

enum class ReadFrom : unsigned char { start, end, nowhere };
// Reverses the order when the page is nearer to the end of the list.
ReadFrom nearer_end(SelectParts& parts, std::int64_t total);

template <class T>
void set_total(ListPage<T>& page, std::int64_t counted, std::optional<std::int64_t> rows_max) {
  page.total = rows_max ? std::min(counted, *rows_max) : counted;
  page.kind = page.total < counted ? TotalKind::at_least : TotalKind::exact;
}

template <class T>
Task<Result<ListPage<T>>> list_page(Executor& executor, SelectParts parts, Statement total,
                                    std::optional<std::int64_t> rows_max) {
  const Dialect dialect = executor.dialect();
  ListPage<T> page;
  if (parts.offset <= rows_skipped_at_once_max) {
    auto read = co_await unwrap(rows_and_total<T>(executor, parts.rows(dialect, columns_of<T>()), std::move(total),
                                                  read_by_position, parts.rows_expected()));
    page.rows = std::move(read.rows);
    set_total(page, read.total, rows_max);
    co_return page;
  }
  set_total(page, co_await unwrap(one_integer(executor, std::move(total))), rows_max);
  const ReadFrom from = page.kind == TotalKind::exact ? nearer_end(parts, page.total) : ReadFrom::start;
  if (from == ReadFrom::nowhere) co_return page;
  page.rows = co_await unwrap(
      all_rows<T>(executor, parts.rows(dialect, columns_of<T>()), read_by_position, parts.rows_expected()));
  if (from == ReadFrom::end) std::ranges::reverse(page.rows);
  co_return page;
}

}  // namespace detail
}  // namespace ashlar::sql
