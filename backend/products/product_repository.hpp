// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/products/list_products.hpp"
#include "backend/products/product.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// What a change sets; what is absent stays.
struct ProductChanges {
  std::optional<ProductName> name;
  std::optional<Price> price;
  std::optional<Nullable<ProductDescription>> description;
  std::optional<Stock> stock;
  std::optional<Nullable<ProductCategory>> category;

  [[nodiscard]] bool empty() const { return !name && !price && !description && !stock && !category; }
};

// The rows of products. As UserRepository: for a database or a transaction.
class ProductRepository {
 public:
  explicit ProductRepository(sql::Executor& in) : in_(in) {}

  Task<Result<>> create(Product product);
  Task<Result<std::optional<Product>>> find(Uuid id);
  Task<Result<web::Page<Product>>> list(ListProducts wanted);
  Task<Result<std::optional<Product>>> update(Uuid id, ProductChanges changes, Timestamp now);
  Task<Result<bool>> remove(Uuid id);  // false when there is no such product

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
