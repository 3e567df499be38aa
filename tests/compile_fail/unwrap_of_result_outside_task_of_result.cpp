// SPDX-License-Identifier: Apache-2.0
// refused: co_await unwrap(...) needs a coroutine that returns Task<Result<T>>
#include "ashlar/async/task.hpp"

ashlar::Result<int> parse();
ashlar::Task<> outer() { (void)co_await unwrap(parse()); }
