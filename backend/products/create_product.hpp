// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/products/product.hpp"

#include <optional>

namespace ashlar::backend {

class Products;

struct CreateProduct {
  ProductName name;
  Price price;
  std::optional<Nullable<ProductDescription>> description;
  Defaulted<Stock, 0> stock;
  std::optional<Nullable<ProductCategory>> category;

  static CreateProduct example();
};
ASHLAR_DESCRIBE(CreateProduct, name, price, description, stock, category)

Task<Result<web::Created<Product>>> create_product(web::Context& ctx, CreateProduct in, Products& products);

}  // namespace ashlar::backend
