// SPDX-License-Identifier: Apache-2.0
// refused: co_await unwrap(...) needs a coroutine that returns Task<Result<T>>
#include "ashlar/async/task.hpp"

ashlar::Task<ashlar::Result<int>> find();
ashlar::Task<int> outer() { co_return co_await unwrap(find()); }
