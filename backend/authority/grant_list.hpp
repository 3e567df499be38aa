// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/authority/authority_rows.hpp"

namespace ashlar::backend {

struct ListGrants {
  Uuid id;  // of the account
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<GrantRow, &GrantRow::created_at> sort;
};
ASHLAR_DESCRIBE(ListGrants, id, page, limit, sort)

}  // namespace ashlar::backend
