// SPDX-License-Identifier: Apache-2.0
#include "backend/exports/get_export.hpp"

#include "backend/exports/export_repository.hpp"

namespace ashlar::backend {

Task<Result<Export>> get_export(api::UserCall& call, api::ById in, Exports& exports) {
  const ExportRow row = co_await unwrap(required(co_await ExportRepository(exports.units().database()).find(in.id),
                                                 errors::export_not_found, "There is no such export."));
  co_await unwrap(call.require_owner(row.user_id));
  co_await unwrap(Exports::require(call, row.type));
  co_return exports.show(row, call.now());
}

}  // namespace ashlar::backend
