// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/oauth/identity_row.hpp"

namespace ashlar::backend {

// Which identities a list selects, and in which order.
struct ListIdentities {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<IdentityRow, &IdentityRow::created_at, &IdentityRow::last_used_at> sort;
};
ASHLAR_DESCRIBE(ListIdentities, page, limit, sort)

}  // namespace ashlar::backend
