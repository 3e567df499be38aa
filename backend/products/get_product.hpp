// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/web/context.hpp"
#include "backend/products/product.hpp"

namespace ashlar::backend {

class Products;

struct GetProduct {
  Uuid id;
};
ASHLAR_DESCRIBE(GetProduct, id)

Task<Result<Product>> get_product(web::Context& ctx, GetProduct in, Products& products);

}  // namespace ashlar::backend
