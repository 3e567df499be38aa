// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

void mount_orders(web::Routes& routes, api::Units& units, Products& products);

}  // namespace ashlar::backend
