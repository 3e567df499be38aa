// SPDX-License-Identifier: Apache-2.0
#include "backend/products/get_product.hpp"

#include "backend/products/products.hpp"

namespace ashlar::backend {

Task<Result<Product>> get_product(api::Call&, api::ById in, Products& products) {
  co_return required(co_await products.find(in.id), errors::product_not_found, "There is no such product.");
}

}  // namespace ashlar::backend
