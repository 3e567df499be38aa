// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/auth/session_row.hpp"

namespace ashlar::backend {

// Which sessions a list selects, and in which order.
struct ListSessions {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<SessionRow, &SessionRow::created_at, &SessionRow::last_used_at> sort;
};
ASHLAR_DESCRIBE(ListSessions, page, limit, sort)

}  // namespace ashlar::backend
