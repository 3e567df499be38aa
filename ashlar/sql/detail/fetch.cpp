// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/detail/fetch.hpp"

namespace ashlar::sql::detail {

Task<Result<std::int64_t>> one_integer(Executor& executor, Statement statement) {
  std::int64_t value = 0;
  statement.on_row = [&value](const Row& row) { value = row.integer(0); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return value;
}

Task<Result<bool>> one_bool(Executor& executor, Statement statement) {
  bool value = false;
  statement.on_row = [&value](const Row& row) { value = row.boolean(0); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return value;
}

}  // namespace ashlar::sql::detail
