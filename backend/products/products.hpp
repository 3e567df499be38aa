// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/cache/cache.hpp"
#include "backend/products/product_repository.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace ashlar::backend {

// Reads products through the cache. Code that changes products must do so here, or call forget_after() in its own unit
// of work: when the unit has ended, the cached copies are invalid in this process and, with Redis, in all instances.
// Lists with a search and lists read by a cursor are not cached: their number has no bound.
class Products {
 public:
  // All of them outlive it. `ttl`: how long a change by another process may go unnoticed without Redis; 0: no caching.
  Products(api::Units& units, cache::Cache& cache, const sql::Cursors& cursors, std::chrono::milliseconds ttl);

  Task<Result<std::optional<Product>>> find(Uuid id);
  Task<Result<api::SharedPage<Product>>> list(ListProducts wanted);

  Task<Result<>> create(api::Call& call, Product product);
  Task<Result<std::optional<Product>>> update(api::Call& call, Uuid id, ProductChanges changes);
  Task<Result<bool>> remove(api::Call& call, Uuid id);

  // The unit changes rows of these products.
  void forget_after(api::UnitOfWork& unit, std::vector<Uuid> ids);

 private:
  Task<> forget(std::vector<Uuid> ids);

  api::Units& units_;
  ProductRepository repository_;
  cache::Cache& cache_;
  const sql::Cursors& cursors_;
  const std::chrono::milliseconds ttl_;
};

}  // namespace ashlar::backend
