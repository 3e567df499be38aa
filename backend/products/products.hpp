// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/shielded.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/cache/cache.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/products/product_repository.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace ashlar::backend {

// The products as everybody reads them: through the cache. Who changes them does it here as well, or by changing():
// when that has returned, what was kept of before is gone, in this process and, where there is Redis, in all. Lists
// that search are not kept: their number has no end.
class Products {
 public:
  // Both outlive it. `ttl`: how long what another process changed may be shown where nobody says so; 0: nothing is
  // kept.
  Products(sql::Database& database, cache::Cache& cache, std::chrono::milliseconds ttl);

  Task<Result<std::optional<Product>>> find(Uuid id);
  Task<Result<web::Page<Product>>> list(ListProducts wanted);

  Task<Result<>> create(Product product);
  Task<Result<std::optional<Product>>> update(Uuid id, ProductChanges changes, Timestamp now);
  Task<Result<bool>> remove(Uuid id);

  // A write that changes rows of these products, to its end whatever happens to the request, and then what the cache
  // has of them is forgotten: but not after an error that says that nothing was written.
  template <class T>
  Task<Result<T>> changing(std::vector<Uuid> ids, Task<Result<T>> write) {
    return async::shielded(write_and_forget(std::move(ids), std::move(write)));
  }

 private:
  template <class T>
  Task<Result<T>> write_and_forget(std::vector<Uuid> ids, Task<Result<T>> write) {
    std::optional<Result<T>> done;
    std::exception_ptr thrown;
    try {
      done.emplace(co_await std::move(write));
    } catch (...) {
      thrown = std::current_exception();
    }
    if (!done || *done || may_be_written(done->error())) co_await forget(std::move(ids));
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*done);
  }
  static bool may_be_written(const Error& error);
  Task<> forget(std::vector<Uuid> ids);

  ProductRepository repository_;
  cache::Cache& cache_;
  const std::chrono::milliseconds ttl_;
};

}  // namespace ashlar::backend
