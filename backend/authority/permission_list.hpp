// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"

namespace ashlar::backend {

struct ListPermissions {
  api::PageNumber page;
  api::PageLimit limit;
};
ASHLAR_DESCRIBE(ListPermissions, page, limit)

}  // namespace ashlar::backend
