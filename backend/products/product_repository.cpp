// SPDX-License-Identifier: Apache-2.0
#include "backend/products/product_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/events/publish.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/products/product_events.hpp"

namespace ashlar::backend {

using sql::col;

Task<Result<>> ProductRepository::create(api::UnitOfWork& unit, Product product) {
  audit::created(unit, product);
  events::publish(unit, product_created, product.id.to_string(), product);
  co_await unwrap(sql::insert(product).run(unit));
  co_return Result<>{};
}

Task<Result<std::optional<Product>>> ProductRepository::find(Uuid id) { return sql::find<&Product::id>(id).one(in_); }

namespace {

sql::List<Product> matching(const ListProducts& wanted) {
  auto rows = sql::list<Product>();
  rows.where_if(wanted.category, [](const auto& name) { return col<&Product::category> == name; })
      .where_if(wanted.tag, [](const auto& tag) { return col<&Product::tags>.contains(tag); })
      .where_if(wanted.search,
                [](const auto& text) {
                  return contains_ignoring_case(col<&Product::name>, text) ||
                         contains_ignoring_case(col<&Product::description>, text);
                })
      .where_if(wanted.min_price, [](Price price) { return col<&Product::price> >= price; })
      .where_if(wanted.max_price, [](Price price) { return col<&Product::price> <= price; })
      .order_by(wanted.sort, sql::tie_break<&Product::id>(wanted.sort));
  return rows;
}

// The counters of all products, of a category and of a tag.
std::optional<Counter> counter_of(const ListProducts& wanted) {
  if (wanted.search || wanted.min_price || wanted.max_price || (wanted.category && wanted.tag)) return std::nullopt;
  if (wanted.category) return Counter{.list = "products.category", .part = wanted.category->str()};
  if (wanted.tag) return Counter{.list = "products.tag", .part = wanted.tag->str()};
  return Counter{.list = "products"};
}

}  // namespace

Task<Result<api::Page<Product>>> ProductRepository::list(ListProducts wanted) {
  const auto rows_max = wanted.search ? found_rows_counted_max : filtered_rows_counted_max;
  return counted_page(matching(wanted), in_, wanted.page, wanted.limit, counter_of(wanted), rows_max);
}

Task<Result<api::Page<Product>>> ProductRepository::list_from(ListProducts wanted, const sql::Cursors& cursors) {
  auto page = co_await unwrap(
      matching(wanted).cursor_page<&Product::id>(in_, cursors, api::cursor_of(wanted.cursor), wanted.limit));
  co_return api::page_of(std::move(page), wanted.limit);
}

Task<Result<std::optional<Product>>> ProductRepository::update(api::UnitOfWork& unit, Uuid id, ProductChanges changes) {
  const auto before = co_await unwrap(sql::from<Product>().where(col<&Product::id> == id).for_update().one(unit));
  if (!before || changes.empty()) co_return before;
  auto after = co_await unwrap(sql::update<Product>()
                                   .set(col<&Product::updated_at> = unit.call().now())
                                   .set_if(col<&Product::name>, changes.name)
                                   .set_if(col<&Product::price>, changes.price)
                                   .set_if(col<&Product::description>, changes.description)
                                   .set_if(col<&Product::stock>, changes.stock)
                                   .set_if(col<&Product::category>, changes.category)
                                   .set_if(col<&Product::tags>, changes.tags)
                                   .where(col<&Product::id> == id)
                                   .returning_one(unit));
  if (!after) co_return std::nullopt;
  audit::changed(unit, *before, *after);
  events::publish(unit, product_updated, id.to_string(), *after);
  co_return after;
}

Task<Result<bool>> ProductRepository::remove(api::UnitOfWork& unit, Uuid id) {
  const auto removed = co_await unwrap(sql::erase<Product>().where(col<&Product::id> == id).returning_one(unit));
  if (!removed) co_return false;
  audit::deleted(unit, *removed);
  events::publish(unit, product_deleted, id.to_string(), events::Removed{.id = id});
  co_return true;
}

}  // namespace ashlar::backend
