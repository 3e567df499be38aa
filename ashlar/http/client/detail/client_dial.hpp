// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/http/client/detail/client_connection.hpp"

#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace ashlar::http::detail {

// What connections are made with. All of it outlives the dialling and the connections.
struct Dialer {
  const ClientOptions& options;
  Resolver& resolver;
  const Clock& clock;
  boost::asio::ssl::context& tls;
  std::atomic<std::uint64_t>& connects;  // counts the addresses that are dialled
};

// Resolves the origin's host once, refuses the addresses that the policy does not allow, and connects to one of the
// others by its number: a name server that answers differently the next time changes nothing. `phase`, of the frame
// that awaits the task, says in which part it is, for a deadline's message. Errors: http_client.unresolved,
// .overloaded, .refused_by_policy, .unreachable, .tls_failed. Cancelled: throws operation_aborted.
[[nodiscard]] Task<Result<std::unique_ptr<ClientConnection>>> dial(Dialer dialer, Origin origin, EgressPolicy egress,
                                                                   std::string_view& phase);

}  // namespace ashlar::http::detail
