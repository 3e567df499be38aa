// SPDX-License-Identifier: Apache-2.0
#include "backend/products/delete_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<>> delete_product(api::Call& call, api::ById in, Products& products) {
  if (!co_await unwrap(products.remove(call, in.id)))
    co_return fail(errors::product_not_found, "There is no such product.");
  co_return Result<>{};
}

}  // namespace ashlar::backend
