// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/audit/tree.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/audit/audit_entry.hpp"

#include <cstdint>
#include <vector>

namespace ashlar::backend {

// Reads sealed audit entries.
class AuditEntryRepository {
 public:
  explicit AuditEntryRepository(sql::Executor& in) : in_(in) {}

  // The entries of these rows, in their order and without commitments. Fewer where retention has removed some
  // meanwhile.
  Task<Result<std::vector<AuditEntry>>> of(std::vector<audit::IndexRow> rows);
  // Those after a position, in the order of the log.
  Task<Result<std::vector<audit::IndexRow>>> index_after(std::int64_t position, std::int64_t count_max);
  // The greatest position; -1: there is no entry.
  Task<Result<std::int64_t>> last_position();

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
