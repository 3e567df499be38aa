// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/jobs/call.hpp"
#include "ashlar/jobs/table.hpp"
#include "backend/exports/exports.hpp"

#include <string_view>

namespace ashlar::backend {

// Writes the file of an export.
struct GenerateReport {
  static constexpr std::string_view job_name = "generate-report";
  Uuid export_id;
};
ASHLAR_DESCRIBE(GenerateReport, export_id)

// Removes exports that have expired, with their files.
struct RemoveExports {
  static constexpr std::string_view job_name = "remove-exports";
};
ASHLAR_DESCRIBE(RemoveExports)

// Reads the rows by their ids, in one snapshot where the database has one for reads (PostgreSQL), for up to
// ExportOptions::snapshot_max; after that, and on SQLite, each page is as of its own time. CSV and JSON are committed
// piece by piece with the position, so that an attempt continues where the last one stopped, and the file is the same
// as without the interruption. XLSX, a compressed archive, is written to a temporary file first, and restarts.
Task<Result<>> generate_report(jobs::JobCall& call, GenerateReport in, Exports& exports);
Task<Result<>> remove_exports(jobs::JobCall& call, RemoveExports in, Exports& exports);

void mount_export_jobs(jobs::Table& table, Exports& exports);

}  // namespace ashlar::backend
