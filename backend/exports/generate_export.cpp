// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/generate_export.hpp"

#include "ashlar/audit/record.hpp"
#include "backend/exports/export_repository.hpp"
#include "backend/exports/generate_report.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

Task<Result<>> ask_for(api::UnitOfWork& unit, ExportRow row, Exports* exports) {
  exports->enqueuer().enqueue(unit, GenerateReport{row.id});
  audit::record(unit, {.action = "create",
                       .resource = "export",
                       .resource_id = row.id.to_string(),
                       .changes = audit::ChangedFields()
                                      .add_after("type", schema::name_of(row.type))
                                      .add_after("format", schema::name_of(row.format))
                                      .to_json()});
  co_return co_await ExportRepository::insert(unit, std::move(row));
}

}  // namespace

Task<Result<api::Accepted<Export>>> generate_export(api::UserCall& call, GenerateExport in, Exports& exports) {
  co_await unwrap(Exports::require(call, in.type));
  const ExportRow row{.id = call.new_id(),
                      .user_id = call.user().id,
                      .type = in.type,
                      .format = in.format,
                      .status = ExportStatus::waiting,
                      .rows_expected = {},
                      .rows_written = 0,
                      .bytes_written = 0,
                      .chunks = 0,
                      .last_key = {},
                      .failure = {},
                      .created_at = call.now(),
                      .updated_at = call.now(),
                      .finished_at = {}};
  co_await unwrap(exports.units().run(call, &ask_for, row, &exports));
  co_return api::Accepted{exports.show(row, call.now())};
}

}  // namespace ashlar::backend
