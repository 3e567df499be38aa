// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/products/product.hpp"

namespace ashlar::backend {

struct DeleteProduct {
  Uuid id;
};
ASHLAR_DESCRIBE(DeleteProduct, id)

Task<Result<>> delete_product(web::Context& ctx, DeleteProduct in, sql::Database& database);

}  // namespace ashlar::backend
