// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

// `cursors` outlives the routes.
void mount_orders(web::Routes& routes, api::Units& units, Products& products, const sql::Cursors& cursors);

}  // namespace ashlar::backend
