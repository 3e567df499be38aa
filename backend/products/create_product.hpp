// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
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
  std::optional<ProductTags> tags;

  static CreateProduct example();
};
ASHLAR_DESCRIBE(CreateProduct, name, price, description, stock, category, tags)

Task<Result<api::Created<Product>>> create_product(api::Call& call, CreateProduct in, Products& products);

}  // namespace ashlar::backend
