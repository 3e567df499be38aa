// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/ip_address.hpp"
#include "ashlar/http/detail/address_counts.hpp"
#include "ashlar/http/limits.hpp"
#include "ashlar/http/message.hpp"
#include "ashlar/http/protocols.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace ashlar::http::detail {

[[nodiscard]] IpAddress address_of(const boost::asio::ip::address& address);

// Who begins with a header of the PROXY protocol, and what it may cost.
struct ProxyProtocol {
  IpNetworks networks;
  std::size_t header_bytes_max = 0;
  std::chrono::milliseconds header_time_max{0};
};

// What all loops of a server share.
struct ServerShared {
  ServerShared(const Limits& server_limits, Handler& server_handler,
               std::shared_ptr<boost::asio::ssl::context> server_tls, ProxyProtocol proxies, Protocols server_protocols)
      : limits(server_limits),
        handler(server_handler),
        tls(std::move(server_tls)),
        proxy_protocol(std::move(proxies)),
        protocols(server_protocols) {}

  const Limits limits;
  Handler& handler;
  const std::shared_ptr<boost::asio::ssl::context> tls;  // what loops begin with; null: plain
  const ProxyProtocol proxy_protocol;
  const Protocols protocols;
  std::size_t loops = 1;  // set before the first of them is made
  std::atomic<std::size_t> connections{0};
  AddressCounts addresses;
  AddressCounts awaited_bodies;
  std::mutex mutex;
  std::condition_variable none_left;  // connections fell to zero

  void connection_ended();
};

// A place among Limits::connections_max and connections_per_address_max, held by a connection as long as it lives, and
// what the connection takes of the other limits of its address.
class ConnectionPermit {
 public:
  // Always counts one.
  explicit ConnectionPermit(ServerShared& shared);
  ConnectionPermit(ConnectionPermit&& other) noexcept;
  ConnectionPermit& operator=(ConnectionPermit&&) = delete;
  ~ConnectionPermit();
  // Whether it was taken beyond Limits::connections_max: this connection, or another one, is to end.
  [[nodiscard]] bool beyond_limit() const { return beyond_limit_; }
  // Once: counts it for the client's address. false: the address is at its limit, and this connection is to end.
  [[nodiscard]] bool count_for(const boost::asio::ip::address& address);

  // A request of this connection begins to wait for its body, and ends that. false: the address is at
  // Limits::awaited_bodies_per_address_max, and nothing was counted. What is not given back ends with the permit.
  [[nodiscard]] bool begin_body();
  void end_body();

 private:
  ServerShared* shared_;
  std::optional<IpAddress> address_;
  bool beyond_limit_;
  bool address_counted_ = false;
  std::uint32_t awaited_bodies_ = 0;
};

}  // namespace ashlar::http::detail
