// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "backend/passkeys/passkey_row.hpp"

namespace ashlar::backend {

// What GET /api/auth/passkeys takes.
struct ListPasskeys {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<PasskeyRow, &PasskeyRow::created_at, &PasskeyRow::last_used_at, &PasskeyRow::name> sort;
};
ASHLAR_DESCRIBE(ListPasskeys, page, limit, sort)

}  // namespace ashlar::backend
