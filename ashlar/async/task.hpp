// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/unwrap.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace ashlar {

// The event loop that a coroutine runs on. One thread runs each loop, so what belongs to a loop needs no lock.
using LoopExecutor = boost::asio::io_context::executor_type;

// A coroutine: lazy, started by `co_await` or by a TaskScope, resumed on the loop that it was started on.
// Rules that keep memory safe: parameters by value unless what they refer to outlives the server; no lambdas that
// capture and are coroutines; nothing in it blocks.
template <class T = void>
using Task = boost::asio::awaitable<T, LoopExecutor>;

}  // namespace ashlar
