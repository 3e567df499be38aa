// SPDX-License-Identifier: Apache-2.0
#include "backend/products/products.hpp"

#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace ashlar::backend {

namespace {

using namespace std::chrono_literals;

constexpr const char* lists_tag = "products";
constexpr std::chrono::milliseconds absent_ttl_max = 5s;  // so that invented ids take little room

// A page as the cache keeps it.
struct ProductList {
  std::vector<Product> items;
  std::int64_t total = 0;
  bool total_is_exact = true;
};
ASHLAR_DESCRIBE(ProductList, items, total, total_is_exact)

cache::Key<Product> key_of(Uuid id) { return cache::key<Product>("product", id); }
cache::Key<ProductList> key_of(const ListProducts& wanted) {
  return cache::key<ProductList>("products", schema::to_json(wanted));
}

Task<Result<ProductList>> read_list(ProductRepository& rows, ListProducts wanted) {
  auto page = co_await unwrap(rows.list(std::move(wanted)));
  co_return ProductList{
      .items = std::move(page.items), .total = page.total, .total_is_exact = page.total_kind == api::TotalKind::exact};
}

Task<Result<>> create_row(api::UnitOfWork& unit, Products* products, Product product) {
  products->forget_after(unit, {product.id});
  return ProductRepository::create(unit, std::move(product));
}

Task<Result<std::optional<Product>>> update_row(api::UnitOfWork& unit, Products* products, Uuid id,
                                                ProductChanges changes) {
  products->forget_after(unit, {id});
  return ProductRepository::update(unit, id, std::move(changes));
}

Task<Result<bool>> remove_row(api::UnitOfWork& unit, Products* products, Uuid id) {
  products->forget_after(unit, {id});
  return ProductRepository::remove(unit, id);
}

}  // namespace

Products::Products(api::Units& units, cache::Cache& cache, const sql::Cursors& cursors, std::chrono::milliseconds ttl)
    : units_(units), repository_(units.database()), cache_(cache), cursors_(cursors), ttl_(ttl) {}

Task<Result<std::optional<Product>>> Products::find(Uuid id) {
  if (ttl_.count() == 0) co_return co_await repository_.find(id);
  const auto found =
      co_await unwrap(cache_.get_or_set(key_of(id), {.ttl = ttl_, .negative_ttl = std::min(ttl_, absent_ttl_max)},
                                        [&rows = repository_, id] { return rows.find(id); }));
  if (!found) co_return std::nullopt;
  co_return *found;
}

Task<Result<api::SharedPage<Product>>> Products::list(ListProducts wanted) {
  if (wanted.cursor) {
    auto read = co_await unwrap(repository_.list_from(std::move(wanted), cursors_));
    auto items = std::make_shared<const std::vector<Product>>(std::move(read.items));
    co_return api::SharedPage<Product>{
        .items = std::move(items), .limit = read.limit, .cursors = std::move(read.cursors)};
  }
  const std::int64_t page = wanted.page.value();
  const std::int64_t limit = wanted.limit.value();
  std::shared_ptr<const ProductList> list;
  if (ttl_.count() == 0 || wanted.search) {
    list = std::make_shared<const ProductList>(co_await unwrap(read_list(repository_, std::move(wanted))));
  } else {
    auto key = key_of(wanted);
    list = co_await unwrap(
        cache_.get_or_set(std::move(key), {.ttl = ttl_, .tags = {lists_tag}},
                          [&rows = repository_, wanted = std::move(wanted)] { return read_list(rows, wanted); }));
  }
  std::shared_ptr<const std::vector<Product>> items(list, &list->items);
  co_return api::SharedPage<Product>{
      .items = std::move(items),
      .page = page,
      .limit = limit,
      .total = list->total,
      .total_kind = list->total_is_exact ? api::TotalKind::exact : api::TotalKind::at_least};
}

Task<Result<>> Products::create(api::Call& call, Product product) {
  return units_.run_one(call, &create_row, this, std::move(product));
}

Task<Result<std::optional<Product>>> Products::update(api::Call& call, Uuid id, ProductChanges changes) {
  return units_.run(call, &update_row, this, id, std::move(changes));
}

Task<Result<bool>> Products::remove(api::Call& call, Uuid id) { return units_.run(call, &remove_row, this, id); }

void Products::forget_after(api::UnitOfWork& unit, std::vector<Uuid> ids) {
  unit.after_commit([this, ids = std::move(ids)]() mutable { return forget(std::move(ids)); });
}

Task<> Products::forget(std::vector<Uuid> ids) {
  cache::Changed changed{.tags = {lists_tag}};
  for (const Uuid& id : ids) changed.keys.push_back(key_of(id).text());
  co_await cache_.forget(std::move(changed));
}

}  // namespace ashlar::backend
