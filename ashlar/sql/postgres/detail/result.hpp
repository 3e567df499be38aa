// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/postgres/detail/job.hpp"

#include <libpq-fe.h>

#include <cstdint>

namespace ashlar::sql::postgres::detail {

// Calls the statement's on_row for each row; an exception that it throws is stored in the job.
void read_rows(Job& job, const PGresult* result);
// Of INSERT, UPDATE, DELETE and MERGE; 0 for other statements.
std::int64_t rows_affected(PGresult* result);
// COMMIT answers ROLLBACK when an earlier statement had failed.
bool has_committed(PGresult* result);

}  // namespace ashlar::sql::postgres::detail
