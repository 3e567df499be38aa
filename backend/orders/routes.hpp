// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

void mount_orders(web::Routes& routes, sql::Database& database, Products& products);

}  // namespace ashlar::backend
