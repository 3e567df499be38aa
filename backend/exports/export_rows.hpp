// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/schema/type.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/exports/export_row.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace ashlar::backend {

// Rows of one exported list, of a type that is known at run time only.
struct ExportBatch {
  std::shared_ptr<const void> owner;
  const std::byte* first = nullptr;
  std::size_t bytes_each = 0;
  std::size_t count = 0;
  std::size_t read = 0;  // with those that were removed while they were read; fewer than were asked for: the last batch
  std::string last_key;  // where the next batch continues; empty: there was no row

  [[nodiscard]] const void* at(std::size_t index) const { return first + index * bytes_each; }
};

// The type of an exported row: what the API shows of it, without hashes and secrets.
[[nodiscard]] const schema::Type& exported_type(ExportType type);
// The rows after a key (ExportBatch::last_key; empty: from the first one), in the order of their creation. At most
// `count_max`. Audit entries are in the order of the log, and those alone that are sealed.
Task<Result<ExportBatch>> read_exported(sql::Executor& in, ExportType type, std::string after, std::int64_t count_max);
Task<Result<std::int64_t>> count_exported(sql::Executor& in, ExportType type);

}  // namespace ashlar::backend
