// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/oauth/identity.hpp"
#include "backend/oauth/identity_row.hpp"

namespace ashlar::backend {

struct ListIdentities {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<IdentityRow, &IdentityRow::created_at, &IdentityRow::last_used_at> sort;
};
ASHLAR_DESCRIBE(ListIdentities, page, limit, sort)

Task<Result<api::Page<Identity>>> list_identities(api::UserCall& call, ListIdentities in, sql::Database& database);

}  // namespace ashlar::backend
