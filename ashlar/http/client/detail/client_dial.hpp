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

// The dependencies of dialling. All of them outlive the dialling and the connections.
struct Dialer {
  const ClientOptions& options;
  Resolver& resolver;
  const Clock& clock;
  boost::asio::ssl::context& tls;
  std::atomic<std::uint64_t>& connects;  // counts the dialled addresses
};

// Resolves the origin's host once, drops the addresses that the policy refuses, and connects to one of the others by
// its number, so that a name server that answers differently the next time has no effect. `phase`, in the awaiting
// frame, is the current phase, for the message of a deadline. Errors: http_client.unresolved, .overloaded,
// .refused_by_policy, .unreachable. Cancellation throws operation_aborted.
[[nodiscard]] Task<Result<ClientSocket>> dial_socket(Dialer dialer, Origin origin, EgressPolicy egress,
                                                     std::string_view& phase);
// The same, with the TLS handshake where the origin's scheme is https. Error http_client.tls_failed as well.
[[nodiscard]] Task<Result<std::unique_ptr<ClientConnection>>> dial(Dialer dialer, Origin origin, EgressPolicy egress,
                                                                   std::string_view& phase);

}  // namespace ashlar::http::detail
