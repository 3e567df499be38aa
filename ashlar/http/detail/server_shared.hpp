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

// Which peers send a PROXY protocol header, and its limits.
struct ProxyProtocol {
  IpNetworks networks;
  std::size_t header_bytes_max = 0;
  std::chrono::milliseconds header_time_max{0};
};

// State shared by all loops of a server.
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
  const std::shared_ptr<boost::asio::ssl::context> tls;  // the loops' initial context; null: no TLS
  const ProxyProtocol proxy_protocol;
  const Protocols protocols;
  std::size_t loops = 1;  // set before the first loop is created
  std::atomic<std::size_t> connections{0};
  AddressCounts addresses;
  AddressCounts awaited_bodies;
  std::mutex mutex;
  std::condition_variable none_left;  // notified when there are no connections left

  void connection_ended();
};

// A connection's slot among Limits::connections_max and connections_per_address_max, held as long as the connection
// lives, and its share of the other limits of its address.
class ConnectionPermit {
 public:
  // Always counts one.
  explicit ConnectionPermit(ServerShared& shared);
  ConnectionPermit(ConnectionPermit&& other) noexcept;
  ConnectionPermit& operator=(ConnectionPermit&&) = delete;
  ~ConnectionPermit();
  // Whether it exceeds Limits::connections_max: this connection, or another one, must end.
  [[nodiscard]] bool beyond_limit() const { return beyond_limit_; }
  // Call once: counts it for the client's address. false: the address is at its limit, and this connection must end.
  [[nodiscard]] bool count_for(const boost::asio::ip::address& address);

  // Marks the start and the end of a wait for a request's body. false: the address is at
  // Limits::awaited_bodies_per_address_max, and nothing was counted. Unreturned counts end with the permit.
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
