// SPDX-License-Identifier: Apache-2.0
// accepted
#include "ashlar/async/task.hpp"

ashlar::Task<ashlar::Result<int>> find();
ashlar::Result<int> parse();
ashlar::Task<ashlar::Result<long>> outer() {
  auto parsed = parse();
  co_return co_await unwrap(find()) + co_await unwrap(parse()) + co_await unwrap(std::move(parsed));
}
