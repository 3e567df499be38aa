// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/web/context.hpp"
#include "backend/products/product.hpp"

namespace ashlar::backend {

class Products;

struct DeleteProduct {
  Uuid id;
};
ASHLAR_DESCRIBE(DeleteProduct, id)

Task<Result<>> delete_product(web::Context& ctx, DeleteProduct in, Products& products);

}  // namespace ashlar::backend
