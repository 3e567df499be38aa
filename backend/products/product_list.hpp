// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/products/product.hpp"

#include <optional>

namespace ashlar::backend {

// Which products a list selects, and in which order.
struct ListProducts {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<Product, &Product::created_at, &Product::updated_at, &Product::name, &Product::price, &Product::stock> sort;
  std::optional<api::PageCursor> cursor;
  std::optional<ProductCategory> category;
  std::optional<ProductTag> tag;
  std::optional<Text<1, 200>> search;  // in the name or the description, ignoring case
  std::optional<Price> min_price;
  std::optional<Price> max_price;

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(ListProducts, page, limit, sort, cursor, category, tag, search, min_price, max_price)

}  // namespace ashlar::backend
