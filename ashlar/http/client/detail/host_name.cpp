// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/client/detail/host_name.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace ashlar::http::detail {
namespace {

constexpr std::size_t name_bytes_max = 253;  // RFC 1035 section 2.3.4
constexpr std::size_t label_bytes_max = 63;

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

// Whether resolvers may read a name that ends in this label as an address: digits, or hexadecimal (inet_aton(3)).
bool is_number(std::string_view label) {
  return std::ranges::all_of(label, is_digit) || label.starts_with("0x") || label.starts_with("0X");
}

}  // namespace

std::optional<HostName> parse_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > name_bytes_max) return std::nullopt;
  std::string_view last;
  for (std::string_view rest = text;;) {
    const std::size_t dot = rest.find('.');
    last = rest.substr(0, dot);
    if (!is_label(last)) return std::nullopt;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (!is_number(last)) return HostName{.text = ascii_lower(text), .address = std::nullopt};
  const std::optional<IpAddress> address = IpAddress::parse(text);
  if (!address) return std::nullopt;
  return host_name_of(*address);
}

HostName host_name_of(const IpAddress& address) { return {.text = to_string(address), .address = address}; }

std::optional<std::uint16_t> parse_port(std::string_view text) {
  constexpr std::size_t digits_max = 5;
  const auto port = parse_integer<std::uint16_t>(text);
  if (text.size() > digits_max || port == 0) return std::nullopt;
  return port;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_ipv4()) {
    (void)inet_ntop(AF_INET, address.bytes().data() + 12, text.data(), text.size());
  } else {
    (void)inet_ntop(AF_INET6, address.bytes().data(), text.data(), text.size());
  }
  return text.data();
}

}  // namespace ashlar::http::detail
