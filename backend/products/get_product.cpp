// SPDX-License-Identifier: Apache-2.0
#include "backend/products/get_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<Product>> get_product(web::Context&, GetProduct in, Products& products) {
  auto product = co_await products.find(in.id);
  if (!product) co_return std::unexpected(std::move(product.error()));
  if (!*product) co_return fail(errors::product_not_found, "There is no such product.");
  co_return std::move(**product);
}

}  // namespace ashlar::backend
