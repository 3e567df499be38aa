// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/list_page.hpp"

#include <cassert>

namespace ashlar::sql::detail {

Statement count_to(SelectParts parts, Dialect dialect, std::int64_t rows) {
  assert(!parts.search);  // a search ranks the rows that it counts
  parts.orders.clear();
  parts.limit = rows;
  parts.offset = 0;
  auto out = parts.rows(dialect, "1");
  out.sql = "select count(*) from (" + out.sql + ") as ashlar_counted";
  return out;
}

ReadFrom nearer_end(SelectParts& parts, std::int64_t total) {
  if (parts.offset >= total) return ReadFrom::nowhere;
  if (parts.offset <= total / 2) return ReadFrom::start;
  const std::int64_t behind = total - parts.offset;
  parts.limit = std::min(*parts.limit, behind);
  parts.offset = behind - *parts.limit;
  for (auto& order : parts.orders) order = order.reversed();
  return ReadFrom::end;
}

}  // namespace ashlar::sql::detail
