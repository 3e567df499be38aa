// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "backend/exports/exports.hpp"

namespace ashlar::backend {

// An export of the caller's; with "*", of any account. Errors: export.not_found, auth.forbidden.
Task<Result<Export>> get_export(api::UserCall& call, api::ById in, Exports& exports);

}  // namespace ashlar::backend
