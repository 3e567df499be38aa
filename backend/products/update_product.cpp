// SPDX-License-Identifier: Apache-2.0
#include "backend/products/update_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<Product>> update_product(api::Call& call, UpdateProduct in, Products& products) {
  ProductChanges changes{.name = in.name,
                         .price = in.price,
                         .description = in.description,
                         .stock = in.stock,
                         .category = in.category,
                         .tags = in.tags ? std::optional(texts_of(*in.tags)) : std::nullopt};
  co_return required(co_await products.update(call, in.id, std::move(changes)), errors::product_not_found,
                     "There is no such product.");
}

}  // namespace ashlar::backend
