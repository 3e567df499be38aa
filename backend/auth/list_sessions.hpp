// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/session_list.hpp"

namespace ashlar::backend {

class Sessions;

Task<Result<api::Page<Session>>> list_sessions(api::UserCall& call, ListSessions in, sql::Database& database,
                                               Sessions& sessions);

}  // namespace ashlar::backend
