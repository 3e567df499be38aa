// SPDX-License-Identifier: Apache-2.0
#include "backend/products/product_repository.hpp"

#include "ashlar/sql/query.hpp"

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

Task<Result<>> ProductRepository::create(api::UnitOfWork& unit, Product product) {
  co_await unwrap(sql::insert(product).run(unit));
  co_return Result<>{};
}

Task<Result<std::optional<Product>>> ProductRepository::find(Uuid id) { return sql::find<&Product::id>(id).one(in_); }

Task<Result<api::Page<Product>>> ProductRepository::list(ListProducts wanted) {
  auto rows =
      co_await unwrap(from<Product>()
                          .where_if(wanted.category, [](const auto& name) { return col<&Product::category> == name; })
                          .where_if(wanted.search,
                                    [](const auto& text) {
                                      return contains_ignoring_case(col<&Product::name>, text) ||
                                             contains_ignoring_case(col<&Product::description>, text);
                                    })
                          .where_if(wanted.min_price, [](Price price) { return col<&Product::price> >= price; })
                          .where_if(wanted.max_price, [](Price price) { return col<&Product::price> <= price; })
                          .order_by(wanted.sort, asc<&Product::id>)
                          .page(wanted.page, wanted.limit)
                          .all_and_count(in_));
  co_return api::page_of(std::move(rows), wanted.page, wanted.limit);
}

Task<Result<std::optional<Product>>> ProductRepository::update(api::UnitOfWork& unit, Uuid id, ProductChanges changes) {
  if (changes.empty()) return sql::find<&Product::id>(id).one(unit);
  return sql::update<Product>()
      .set(col<&Product::updated_at> = unit.call().now())
      .set_if(col<&Product::name>, changes.name)
      .set_if(col<&Product::price>, changes.price)
      .set_if(col<&Product::description>, changes.description)
      .set_if(col<&Product::stock>, changes.stock)
      .set_if(col<&Product::category>, changes.category)
      .where(col<&Product::id> == id)
      .returning_one(unit);
}

Task<Result<bool>> ProductRepository::remove(api::UnitOfWork& unit, Uuid id) {
  const auto removed = co_await unwrap(sql::erase<Product>().where(col<&Product::id> == id).run(unit));
  co_return removed.rows_affected > 0;
}

}  // namespace ashlar::backend
