// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/http/message.hpp"
#include "backend/exports/exports.hpp"

namespace ashlar::backend {

// GET /api/exports/{id}/file?expires=&signature=, the link that an export shows: it needs no token. The account that
// asked for the export must still have the permissions. A file is no operation's reply, so this is a handler of HTTP
// requests. Errors: export.link_invalid, export.not_found, export.not_done.
Task<Result<>> download_export(api::Call& call, http::Request& request, http::Response& response, Exports& exports);

}  // namespace ashlar::backend
