// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/web/routes.hpp"

namespace ashlar::backend {

void mount_orders(web::Routes& routes, sql::Database& database);

}  // namespace ashlar::backend
