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

// What a header of the PROXY protocol says.
struct ProxyHeader {
  // Who is behind the proxy; nullopt: it speaks for itself (LOCAL: a check of its own; UNKNOWN).
  std::optional<boost::asio::ip::tcp::endpoint> source;
};

// Reads the header of the PROXY protocol, version 1 or 2 (haproxy.org, proxy-protocol.txt, sections 2.1 and 2.2), piece
// by piece and no byte more.
class ProxyHeaderDecoder {
 public:
  explicit ProxyHeaderDecoder(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Takes the front of what arrived, as far as it is header, and gives its size.
  std::size_t take(std::string_view arrived);

  enum class Progress : std::uint8_t { need_more, done, refused };
  [[nodiscard]] Progress progress() const { return progress_; }
  [[nodiscard]] const ProxyHeader& header() const { return header_; }  // once it is done

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

// Takes the header off the front of a connection, before TLS. nullopt: there is none, it is wrong, or it did not come
// in time; nothing is to be sent to whoever that is.
[[nodiscard]] Task<std::optional<ProxyHeader>> read_proxy_header(Wire& wire);

}  // namespace ashlar::http::detail
