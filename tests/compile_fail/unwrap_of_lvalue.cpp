// SPDX-License-Identifier: Apache-2.0
// refused: expects an rvalue
#include "ashlar/async/task.hpp"

ashlar::Result<int> parse();
ashlar::Task<ashlar::Result<int>> outer() {
  auto parsed = parse();
  co_return co_await unwrap(parsed);
}
