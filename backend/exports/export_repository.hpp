// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/exports/export_row.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// The rows of exports and the pieces of their files. Reads go to the executor that it is made for; writes take a unit
// of work.
class ExportRepository {
 public:
  explicit ExportRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<ExportRow>>> find(Uuid id);
  Task<Result<std::optional<std::string>>> chunk(Uuid id, std::int64_t position);

  static Task<Result<>> insert(api::UnitOfWork& unit, ExportRow row);
  // Writes the row as it is after a piece, if nobody has written a piece after `chunks_before`; and the piece, unless
  // it is empty. false: another attempt continues the export.
  static Task<Result<bool>> append(api::UnitOfWork& unit, ExportRow after, std::int64_t chunks_before,
                                   std::string content);
  // Removes the pieces of an export whose file is written again.
  static Task<Result<>> restart(api::UnitOfWork& unit, Uuid id);
  static Task<Result<std::int64_t>> remove_created_before(api::UnitOfWork& unit, Timestamp before);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
