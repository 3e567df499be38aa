// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/detail/wire.hpp"
#include "ashlar/http/proxy_protocol.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::http::detail {

// The content of a PROXY protocol header.
struct ProxyHeader {
  // The client behind the proxy; nullopt: the proxy's own connection (LOCAL: a health check; UNKNOWN).
  std::optional<boost::asio::ip::tcp::endpoint> source;
};

// Parses a PROXY protocol header, version 1 or 2 (haproxy.org, proxy-protocol.txt, sections 2.1 and 2.2), piecewise,
// without consuming bytes after it.
class ProxyHeaderDecoder {
 public:
  explicit ProxyHeaderDecoder(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Consumes the header bytes at the front of `input` and returns their number.
  std::size_t take(std::string_view arrived);

  enum class Progress : std::uint8_t { need_more, done, refused };
  [[nodiscard]] Progress progress() const { return progress_; }
  [[nodiscard]] const ProxyHeader& header() const { return header_; }  // valid once it is complete

 private:
  [[nodiscard]] std::size_t wanted() const;
  [[nodiscard]] Progress look();
  [[nodiscard]] Progress look_at_text();
  [[nodiscard]] Progress look_at_binary();
  [[nodiscard]] Progress read_line(std::string_view line);
  [[nodiscard]] Progress read_addresses(std::string_view block);

  const std::size_t bytes_max_;
  std::string bytes_;
  Progress progress_ = Progress::need_more;
  ProxyHeader header_;
};

// Reads the header at the start of a connection, before TLS. nullopt: it is missing, invalid, or late; the connection
// is closed without a response.
[[nodiscard]] Task<std::optional<ProxyHeader>> read_proxy_header(Wire& wire);

}  // namespace ashlar::http::detail
