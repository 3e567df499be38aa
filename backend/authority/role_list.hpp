// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"

namespace ashlar::backend {

struct ListRoles {
  api::PageNumber page;
  api::PageLimit limit;
};
ASHLAR_DESCRIBE(ListRoles, page, limit)

}  // namespace ashlar::backend
