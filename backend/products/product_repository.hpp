// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/products/product.hpp"
#include "backend/products/product_list.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// The changes; an absent member stays unchanged.
struct ProductChanges {
  std::optional<ProductName> name;
  std::optional<Price> price;
  std::optional<Nullable<ProductDescription>> description;
  std::optional<Stock> stock;
  std::optional<Nullable<ProductCategory>> category;
  std::optional<std::vector<std::string>> tags;

  [[nodiscard]] bool empty() const { return !name && !price && !description && !stock && !category && !tags; }
};

// The rows of products. Reads use the given executor; writes take a unit of work, and publish one event each.
class ProductRepository {
 public:
  explicit ProductRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<Product>>> find(Uuid id);
  Task<Result<api::Page<Product>>> list(ListProducts wanted);
  Task<Result<api::Page<Product>>> list_from(ListProducts wanted, const sql::Cursors& cursors);  // by wanted.cursor

  static Task<Result<>> create(api::UnitOfWork& unit, Product product);
  static Task<Result<std::optional<Product>>> update(api::UnitOfWork& unit, Uuid id, ProductChanges changes);
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid id);  // false when there is no such product

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
