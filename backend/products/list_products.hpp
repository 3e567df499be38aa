// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "backend/products/product.hpp"

#include <optional>

namespace ashlar::backend {

class Products;

struct ListProducts {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<Product, &Product::created_at, &Product::updated_at, &Product::name, &Product::price, &Product::stock> sort;
  std::optional<api::PageCursor> cursor;
  std::optional<ProductCategory> category;
  std::optional<ProductTag> tag;
  std::optional<Text<1, 200>> search;  // in the name or the description, without case
  std::optional<Price> min_price;
  std::optional<Price> max_price;

  void refine(schema::Refinement& out) const;
};
ASHLAR_DESCRIBE(ListProducts, page, limit, sort, cursor, category, tag, search, min_price, max_price)
[[nodiscard]] bool is_heavy(const ListProducts& in);  // see web::RouteBuilder::heavy

Task<Result<api::SharedPage<Product>>> list_products(api::Call& call, ListProducts in, Products& products);

}  // namespace ashlar::backend
