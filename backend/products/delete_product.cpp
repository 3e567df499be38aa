// SPDX-License-Identifier: Apache-2.0
#include "backend/products/delete_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<>> delete_product(web::Context&, DeleteProduct in, Products& products) {
  auto removed = co_await products.remove(in.id);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  if (!*removed) co_return fail(errors::product_not_found, "There is no such product.");
  co_return Result<>{};
}

}  // namespace ashlar::backend
