// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/shielded.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace ashlar::async::detail {
namespace asio = boost::asio;

// The state belongs to the whole stack of coroutines, not to one frame.
Task<> ignore_cancellation() { co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation()); }
Task<> heed_cancellation() { co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation()); }

}  // namespace ashlar::async::detail
