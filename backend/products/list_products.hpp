// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/listing.hpp"
#include "backend/products/product.hpp"

#include <optional>

namespace ashlar::backend {

class Products;

struct ListProducts {
  PageNumber page;
  PageLimit limit;
  sql::Sort<Product, &Product::created_at, &Product::updated_at, &Product::name, &Product::price, &Product::stock> sort;
  std::optional<ProductCategory> category;
  std::optional<Text<1, 200>> search;  // in the name or the description, without case
  std::optional<Price> min_price;
  std::optional<Price> max_price;

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(ListProducts, page, limit, sort, category, search, min_price, max_price)

Task<Result<web::Page<Product>>> list_products(web::Context& ctx, ListProducts in, Products& products);

}  // namespace ashlar::backend
