// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "backend/exports/exports.hpp"

namespace ashlar::backend {

struct GenerateExport {
  ExportType type = ExportType::users;
  ExportFormat format = ExportFormat::csv;
};
ASHLAR_DESCRIBE(GenerateExport, type, format)

// Has the job generate-report write a file with every row of the type. Error auth.forbidden without the permission to
// read them.
Task<Result<api::Accepted<Export>>> generate_export(api::UserCall& call, GenerateExport in, Exports& exports);

}  // namespace ashlar::backend
