// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/audit/rules.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/table_rules.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode product_not_found{ErrorKind::not_found, "product.not_found"};
}  // namespace errors

using ProductName = Line<1, 200>;
using ProductDescription = Text<0, 2000>;
using ProductCategory = Line<1, 60>;
using Price = MoneyBetween<0, 99'999'999'99>;
using ProductTag = Line<1, 40>;
using ProductTags = Array<ProductTag, 0, 20>;
using Stock = Int<0, 1'000'000'000>;

// A row of products, and what the API shows of it.
struct Product {
  Uuid id;
  std::string name;
  Nullable<std::string> description;
  Price price;
  std::int64_t stock = 0;
  Nullable<std::string> category;
  std::vector<std::string> tags;
  Timestamp created_at;
  Timestamp updated_at;

  static Product example();
};
ASHLAR_DESCRIBE(Product, id, name, description, price, stock, category, tags, created_at, updated_at)
ASHLAR_TABLE(Product, "products", sql::check("price >= 0"), sql::check("stock >= 0"), sql::type<&Product::tags>("text"),
             sql::default_value<&Product::tags>("'[]'"), sql::index_of_items<&Product::tags>("products_tags"),
             sql::index<&Product::created_at, &Product::id>("products_created_at"),
             sql::index<&Product::category, &Product::created_at, &Product::id>("products_category"),
             sql::index<&Product::price, &Product::id>("products_price"),
             sql::index<&Product::updated_at, &Product::id>("products_updated_at"),
             sql::index<&Product::name, &Product::id>("products_name"),
             sql::index<&Product::stock, &Product::id>("products_stock"))
ASHLAR_AUDIT(Product, "product", audit::id<&Product::id>(),
             audit::left_out<&Product::created_at, &Product::updated_at>())

// In the row's form: without duplicates, in the given order.
std::vector<std::string> texts_of(const ProductTags& tags);

}  // namespace ashlar::backend
