// SPDX-License-Identifier: Apache-2.0
// refused: deleted copy constructor
#include "ashlar/async/task.hpp"

ashlar::Result<int> parse();
ashlar::Task<ashlar::Result<int>> outer() {
  auto parsed = unwrap(parse());  // its operand's Result is gone at the end of this line
  co_return co_await std::move(parsed);
}
