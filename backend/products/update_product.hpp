// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "backend/products/product.hpp"

#include <optional>

namespace ashlar::backend {

class Products;

struct UpdateProduct {
  Uuid id;
  std::optional<ProductName> name;
  std::optional<Price> price;
  std::optional<Nullable<ProductDescription>> description;
  std::optional<Stock> stock;
  std::optional<Nullable<ProductCategory>> category;
  std::optional<ProductTags> tags;
};
ASHLAR_DESCRIBE(UpdateProduct, id, name, price, description, stock, category, tags)

Task<Result<Product>> update_product(api::Call& call, UpdateProduct in, Products& products);

}  // namespace ashlar::backend
