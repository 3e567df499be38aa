// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/detail/characters.hpp"

#include "ashlar/core/ascii.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace ashlar::http::detail {
namespace {

constexpr auto reg_name_characters = alphabet("-._~!$&'()*+,;=");  // RFC 3986: unreserved and sub-delims

constexpr bool is_control(unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr bool is_hex(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }

bool is_reg_name(std::string_view host) {
  for (std::size_t i = 0; i < host.size(); ++i) {
    if (reg_name_characters[static_cast<unsigned char>(host[i])]) continue;
    if (host[i] != '%' || i + 2 >= host.size() || !is_hex(host[i + 1]) || !is_hex(host[i + 2])) return false;
    i += 2;
  }
  return !host.empty();
}

bool is_port(std::string_view port) {
  unsigned value = 0;
  for (char c : port) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) return false;
  }
  return true;
}

}  // namespace

const char* find_control(const char* from, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high = 0x8080808080808080;
  // Eight bytes at a time: the first that is below 0x20 or equal to 0x7F sets its high bit, and none before it does.
  while (end - from >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = std::byteswap(word);
    const std::uint64_t below = (word - ones * 0x20) & ~word;
    const std::uint64_t rubbed = word ^ (ones * 0x7F);
    const std::uint64_t hits = (below | ((rubbed - ones) & ~rubbed)) & high;
    from += std::countr_zero(hits) / 8;  // 8 where there is none
    if (hits == 0) continue;
    if (*from != '\t') return from;
    ++from;
  }
  for (; from != end; ++from) {
    if (is_control(static_cast<unsigned char>(*from))) return from;
  }
  return end;
}

bool is_field_value(std::string_view text) {
  return find_control(text.data(), text.data() + text.size()) == text.data() + text.size();
}

bool equal_without_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_host_and_port(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close > 46) return false;
    const std::string literal(text.substr(1, close - 1));
    if (literal.find('%') != std::string::npos) return false;  // a zone is meaningless to the peer
    boost::system::error_code failed;
    (void)boost::asio::ip::make_address_v6(literal, failed);
    if (failed) return false;
    const std::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return is_reg_name(text);
  return is_reg_name(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

}  // namespace ashlar::http::detail
