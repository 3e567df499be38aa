// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/sql/cursor.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/orders/pay_order.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

// `payments` and `cursors` outlive the routes.
void mount_orders(web::Routes& routes, api::Units& units, Products& products, const OrderPayments& payments,
                  const sql::Cursors& cursors);

}  // namespace ashlar::backend
