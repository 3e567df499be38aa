// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/proxy_header.hpp"

#include "ashlar/core/ip_address.hpp"
#include "ashlar/core/parse.hpp"

#include <algorithm>
#include <array>

namespace ashlar::http::detail {
namespace {

namespace asio = boost::asio;

constexpr std::string_view text_start = "PROXY ";
constexpr std::size_t text_bytes_max = 107;
constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t prologue_bytes = 16;  // signature, version and command, family, length
constexpr unsigned version_2 = 2;
constexpr unsigned local = 0, proxy = 1;
constexpr unsigned unspecified = 0x00, tcp_over_ipv4 = 0x11, tcp_over_ipv6 = 0x21;

unsigned byte(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }
unsigned two_bytes(std::string_view text, std::size_t at) { return byte(text, at) << 8 | byte(text, at + 1); }

// Whether one is a prefix of the other.
bool agree(std::string_view a, std::string_view b) {
  const std::size_t size = std::min(a.size(), b.size());
  return a.substr(0, size) == b.substr(0, size);
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return parse_integer<std::uint16_t>(text);
}

std::string_view next_word(std::string_view& text) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  return word;
}

template <class Address>
asio::ip::tcp::endpoint endpoint_at(std::string_view block, std::size_t port_at) {
  typename Address::bytes_type bytes;
  std::ranges::copy(block.substr(0, bytes.size()), bytes.begin());
  return {Address(bytes), static_cast<std::uint16_t>(two_bytes(block, port_at))};
}

}  // namespace

std::size_t ProxyHeaderDecoder::take(std::string_view arrived) {
  std::size_t used = 0;
  while (progress_ == Progress::need_more && used < arrived.size()) {
    const std::size_t size = std::min(wanted(), arrived.size() - used);
    bytes_.append(arrived.substr(used, size));
    used += size;
    progress_ = look();
  }
  return used;
}

// The number of bytes that certainly belong to the header.
std::size_t ProxyHeaderDecoder::wanted() const {
  if (bytes_.empty() || bytes_.front() != signature.front()) return 1;
  if (bytes_.size() < prologue_bytes) return prologue_bytes - bytes_.size();
  return prologue_bytes + two_bytes(bytes_, prologue_bytes - 2) - bytes_.size();
}

ProxyHeaderDecoder::Progress ProxyHeaderDecoder::look() {
  return bytes_.front() == signature.front() ? look_at_binary() : look_at_text();
}

ProxyHeaderDecoder::Progress ProxyHeaderDecoder::look_at_text() {
  if (!agree(bytes_, text_start)) return Progress::refused;
  if (bytes_.back() == '\n') {
    const std::string_view line(bytes_);
    if (!line.ends_with("\r\n") || line.size() < text_start.size() + 2) return Progress::refused;
    return read_line(line.substr(text_start.size(), line.size() - text_start.size() - 2));
  }
  return bytes_.size() < text_bytes_max ? Progress::need_more : Progress::refused;
}

ProxyHeaderDecoder::Progress ProxyHeaderDecoder::read_line(std::string_view line) {
  const std::string_view family = next_word(line);
  if (family == "UNKNOWN") return Progress::done;  // the rest is ignored
  if (family != "TCP4" && family != "TCP6") return Progress::refused;
  const bool ipv6 = family == "TCP6";
  std::array<std::string_view, 2> addresses;
  for (std::string_view& address : addresses) {
    address = next_word(line);
    if (address.contains(':') != ipv6 || !IpAddress::parse(address)) return Progress::refused;
  }
  const auto source_port = port_of(next_word(line));
  const bool more = line.contains(' ');
  if (!source_port || more || !port_of(line)) return Progress::refused;
  header_.source.emplace(asio::ip::make_address(addresses[0]), *source_port);
  return Progress::done;
}

ProxyHeaderDecoder::Progress ProxyHeaderDecoder::look_at_binary() {
  if (!agree(bytes_, signature)) return Progress::refused;
  if (bytes_.size() > signature.size()) {
    const unsigned version_and_command = byte(bytes_, signature.size());
    if (version_and_command >> 4 != version_2 || (version_and_command & 0xfU) > proxy) return Progress::refused;
  }
  if (bytes_.size() < prologue_bytes) return Progress::need_more;
  const std::size_t size = prologue_bytes + two_bytes(bytes_, prologue_bytes - 2);
  if (size > bytes_max_) return Progress::refused;
  if (bytes_.size() < size) return Progress::need_more;
  if ((byte(bytes_, signature.size()) & 0xfU) == local) return Progress::done;
  return read_addresses(std::string_view(bytes_).substr(prologue_bytes));
}

ProxyHeaderDecoder::Progress ProxyHeaderDecoder::read_addresses(std::string_view block) {
  constexpr std::size_t ipv4_bytes = 4 + 4 + 2 + 2, ipv6_bytes = 16 + 16 + 2 + 2;
  const unsigned family = byte(bytes_, signature.size() + 1);
  if (family == unspecified) return Progress::done;
  if (family == tcp_over_ipv4 && block.size() >= ipv4_bytes) {
    header_.source = endpoint_at<asio::ip::address_v4>(block, 8);
    return Progress::done;
  }
  if (family == tcp_over_ipv6 && block.size() >= ipv6_bytes) {
    header_.source = endpoint_at<asio::ip::address_v6>(block, 32);
    return Progress::done;
  }
  return Progress::refused;
}

Task<std::optional<ProxyHeader>> read_proxy_header(Wire& wire) {
  const ProxyProtocol& rules = wire.loop().shared().proxy_protocol;
  ProxyHeaderDecoder decoder(rules.header_bytes_max);
  std::array<char, 256> buffer;
  Socket& socket = wire.transport().socket();
  wire.due_head(rules.header_time_max);
  while (decoder.progress() == ProxyHeaderDecoder::Progress::need_more) {
    const auto [ended] = co_await wire.transport().wait_readable();
    if (ended) co_return std::nullopt;
    error_code failed;
    const std::size_t there = socket.receive(asio::buffer(buffer), Socket::message_peek, failed);
    if (failed == asio::error::would_block) continue;
    if (failed) co_return std::nullopt;
    // The bytes after the header stay in the socket: they may be TLS.
    const std::size_t used = decoder.take({buffer.data(), there});
    socket.receive(asio::buffer(buffer.data(), used), 0, failed);
    if (failed) co_return std::nullopt;
  }
  if (decoder.progress() == ProxyHeaderDecoder::Progress::refused) co_return std::nullopt;
  co_return decoder.header();
}

}  // namespace ashlar::http::detail
