// SPDX-License-Identifier: Apache-2.0
#include "backend/products/update_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<Product>> update_product(web::Context& ctx, UpdateProduct in, Products& products) {
  ProductChanges changes{
      .name = in.name, .price = in.price, .description = in.description, .stock = in.stock, .category = in.category};
  auto product = co_await products.update(in.id, std::move(changes), ctx.now());
  if (!product) co_return std::unexpected(std::move(product.error()));
  if (!*product) co_return fail(errors::product_not_found, "There is no such product.");
  co_return std::move(**product);
}

}  // namespace ashlar::backend
