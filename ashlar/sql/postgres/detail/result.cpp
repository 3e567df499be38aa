// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/result.hpp"

#include "ashlar/sql/postgres/detail/row.hpp"

#include <cstdlib>
#include <string_view>

namespace ashlar::sql::postgres::detail {

void read_rows(Job& job, const PGresult* result) {
  if (job.statement == nullptr || !job.statement->on_row || result == nullptr) return;
  try {
    ResultRow row(result);
    const int rows = PQntuples(result);
    for (int i = 0; i < rows; ++i) {
      row.move_to(i);
      job.statement->on_row(row);
    }
  } catch (...) {
    job.thrown = std::current_exception();
  }
}

std::int64_t rows_affected(PGresult* result) {
  if (result == nullptr) return 0;
  const std::string_view tag = PQcmdStatus(result);
  for (const std::string_view verb : {"INSERT ", "UPDATE ", "DELETE ", "MERGE ", "COPY "}) {
    if (tag.starts_with(verb)) return std::strtoll(PQcmdTuples(result), nullptr, 10);
  }
  return 0;
}

bool has_committed(PGresult* result) { return result != nullptr && std::string_view(PQcmdStatus(result)) == "COMMIT"; }

}  // namespace ashlar::sql::postgres::detail
