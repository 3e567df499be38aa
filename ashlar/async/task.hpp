// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/unwrap.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace ashlar {

// The event loop that a coroutine runs on. Each loop is run by one thread, so what belongs to a loop needs no lock.
using LoopExecutor = boost::asio::io_context::executor_type;

// A coroutine: lazy, started by `co_await` or by a TaskScope, resumed on the loop on which it was started. For memory
// safety: take parameters by value unless they refer to something that outlives the server, write no coroutine lambda
// that captures, and never block in a coroutine.
template <class T = void>
using Task = boost::asio::awaitable<T, LoopExecutor>;

}  // namespace ashlar
