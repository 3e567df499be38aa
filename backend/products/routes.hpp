// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/web/routes.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

void mount_products(web::Routes& routes, Products& products);

}  // namespace ashlar::backend
