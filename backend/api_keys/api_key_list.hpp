// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/api_keys/api_key_row.hpp"

namespace ashlar::backend {

struct ListApiKeys {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<ApiKeyRow, &ApiKeyRow::created_at, &ApiKeyRow::name> sort;
};
ASHLAR_DESCRIBE(ListApiKeys, page, limit, sort)

}  // namespace ashlar::backend
