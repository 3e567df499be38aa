// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/session_row.hpp"
#include "backend/listing.hpp"

namespace ashlar::backend {

struct ListSessions {
  PageNumber page;
  PageLimit limit;
  sql::Sort<SessionRow, &SessionRow::created_at, &SessionRow::last_used_at> sort;
};
ASHLAR_DESCRIBE(ListSessions, page, limit, sort)

Task<Result<web::Page<Session>>> list_sessions(web::Context& ctx, ListSessions in, sql::Database& database);

}  // namespace ashlar::backend
