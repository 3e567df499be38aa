// SPDX-License-Identifier: Apache-2.0
#include "backend/products/products.hpp"

#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <string>

namespace ashlar::backend {

namespace {

using namespace std::chrono_literals;

constexpr const char* lists_tag = "products";
constexpr std::chrono::milliseconds absent_ttl_max = 5s;  // ids that are made up take room

// A page as it is kept.
struct ProductList {
  std::vector<Product> items;
  std::int64_t total = 0;
};
ASHLAR_DESCRIBE(ProductList, items, total)

cache::Key<Product> key_of(Uuid id) { return cache::key<Product>("product", id); }
cache::Key<ProductList> key_of(const ListProducts& wanted) {
  return cache::key<ProductList>("products", schema::to_json(wanted));
}

Task<Result<ProductList>> read_list(ProductRepository& rows, ListProducts wanted) {
  auto page = co_await rows.list(std::move(wanted));
  if (!page) co_return std::unexpected(std::move(page.error()));
  co_return ProductList{.items = std::move(page->items), .total = page->total};
}

}  // namespace

Products::Products(sql::Database& database, cache::Cache& cache, std::chrono::milliseconds ttl)
    : repository_(database), cache_(cache), ttl_(ttl) {}

Task<Result<std::optional<Product>>> Products::find(Uuid id) {
  if (ttl_.count() == 0) co_return co_await repository_.find(id);
  auto found = co_await cache_.get_or_set(key_of(id), {.ttl = ttl_, .negative_ttl = std::min(ttl_, absent_ttl_max)},
                                          [&rows = repository_, id] { return rows.find(id); });
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (!*found) co_return std::nullopt;
  co_return **found;
}

Task<Result<web::Page<Product>>> Products::list(ListProducts wanted) {
  if (ttl_.count() == 0 || wanted.search) co_return co_await repository_.list(std::move(wanted));
  const std::int64_t page = wanted.page.value();
  const std::int64_t limit = wanted.limit.value();
  auto key = key_of(wanted);
  auto list =
      co_await cache_.get_or_set(std::move(key), {.ttl = ttl_, .tags = {lists_tag}},
                                 [&rows = repository_, wanted = std::move(wanted)] { return read_list(rows, wanted); });
  if (!list) co_return std::unexpected(std::move(list.error()));
  co_return web::Page<Product>{.items = (*list)->items, .page = page, .limit = limit, .total = (*list)->total};
}

Task<Result<>> Products::create(Product product) {
  const Uuid id = product.id;
  return changing({id}, repository_.create(std::move(product)));
}

Task<Result<std::optional<Product>>> Products::update(Uuid id, ProductChanges changes, Timestamp now) {
  return changing({id}, repository_.update(id, std::move(changes), now));
}

Task<Result<bool>> Products::remove(Uuid id) { return changing({id}, repository_.remove(id)); }

Task<> Products::forget(std::vector<Uuid> ids) {
  cache::Changed changed{.tags = {lists_tag}};
  for (const Uuid& id : ids) changed.keys.push_back(key_of(id).text());
  co_await cache_.forget(std::move(changed));
}

// An answer that never came may have been yes.
bool Products::may_be_written(const Error& error) {
  return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out ||
         error.kind() == ErrorKind::internal;
}

}  // namespace ashlar::backend
