// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/client_dial.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/http/client/client_errors.hpp"
#include "ashlar/http/client/detail/host_name.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace ashlar::http::detail {
namespace asio = boost::asio;

namespace {

using Endpoint = asio::ip::tcp::endpoint;

Endpoint endpoint_of(const IpAddress& address, std::uint16_t port) {
  if (!address.is_ipv4()) return {asio::ip::address_v6(address.bytes()), port};
  asio::ip::address_v4::bytes_type bytes{};
  std::copy(address.bytes().begin() + 12, address.bytes().end(), bytes.begin());
  return {asio::ip::address_v4(bytes), port};
}

Task<Result<std::vector<IpAddress>>> addresses_of(Dialer dialer, Origin origin) {
  if (origin.address) co_return std::vector{*origin.address};
  co_return co_await dialer.resolver.resolve(origin.host);
}

// The addresses that the policy allows.
Result<std::vector<IpAddress>> checked(std::vector<IpAddress> addresses, const Origin& origin,
                                       const EgressPolicy& egress) {
  std::string refused;
  std::erase_if(addresses, [&](const IpAddress& address) {
    if (egress.allows(origin, address)) return false;
    refused +=
        (refused.empty() ? "" : ", ") + to_string(address) + " (" + std::string(special_purpose_of(address)) + ")";
    return true;
  });
  if (!addresses.empty()) return addresses;
  return std::unexpected(Error(client_errors::refused_by_policy, "Requests to this host are not allowed.")
                             .with_cause(origin.host + ": " + refused));
}

Task<Result<ClientSocket>> connect(LoopExecutor loop, Endpoint endpoint) {
  ClientSocket socket(loop);
  const auto [failed] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable_t<LoopExecutor>{}));
  throw_if_aborted(failed);
  if (failed) {
    co_return std::unexpected(
        Error(client_errors::unreachable, "The host cannot be reached.").with_cause(failed.message()));
  }
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return socket;
}

// Connects to the first reachable address.
Task<Result<ClientSocket>> connect_to_one(Dialer dialer, std::vector<IpAddress> addresses, std::uint16_t port) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  std::string causes;
  for (const IpAddress& address : addresses) {
    dialer.connects.fetch_add(1, std::memory_order_relaxed);
    auto socket =
        co_await async::with_deadline(connect(loop, endpoint_of(address, port)), dialer.options.connect_time_max);
    if (socket) co_return socket;
    const bool late = socket.error().code() == ashlar::errors::deadline_exceeded;
    causes += (causes.empty() ? "" : ", ") + to_string(address) + ": " +
              (late ? "no answer within connect_time_max" : socket.error().cause());
  }
  co_return std::unexpected(Error(client_errors::unreachable, "The host cannot be reached.").with_cause(causes));
}

}  // namespace

Task<Result<ClientSocket>> dial_socket(Dialer dialer, Origin origin, EgressPolicy egress, std::string_view& phase) {
  phase = "resolving";
  std::vector<IpAddress> found = co_await unwrap(addresses_of(dialer, origin));
  std::vector<IpAddress> addresses = co_await unwrap(checked(std::move(found), origin, egress));
  if (addresses.size() > dialer.options.addresses_max) addresses.resize(dialer.options.addresses_max);
  phase = "connecting";
  co_return co_await connect_to_one(dialer, std::move(addresses), origin.port);
}

Task<Result<std::unique_ptr<ClientConnection>>> dial(Dialer dialer, Origin origin, EgressPolicy egress,
                                                     std::string_view& phase) {
  ClientSocket socket = co_await unwrap(dial_socket(dialer, origin, std::move(egress), phase));
  auto connection = std::make_unique<ClientConnection>(std::move(socket), dialer.options);
  if (origin.scheme == Scheme::https) {
    phase = "the TLS handshake";
    std::string wrong = co_await connection->stream.secure(dialer.tls, origin, dialer.clock.now());
    if (!wrong.empty()) {
      co_return std::unexpected(Error(client_errors::tls_failed, "No secure connection to the host can be made.")
                                    .with_cause(origin.host + ": " + wrong));
    }
  }
  co_return connection;
}

}  // namespace ashlar::http::detail
