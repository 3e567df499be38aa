// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/websocket_handshake.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace ashlar::realtime {

namespace {

using http::is_token;
using http::trimmed;

constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 section 1.3
constexpr std::size_t key_characters = 24;                                        // of 16 bytes
constexpr int window_bits_min = 8;
constexpr int window_bits_max = 15;  // that of our deflater

// Takes the part before the first `separator`, without white space around it, from the front of `rest`. No value of
// these fields may hold a separator in quotes: names and window sizes are tokens.
std::string_view take_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

std::optional<int> window_bits(std::string_view value) {
  int bits = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), bits);
  if (fault != std::errc() || end != value.data() + value.size() || value.starts_with('0')) return std::nullopt;
  if (bits < window_bits_min || bits > window_bits_max) return std::nullopt;
  return bits;
}

// RFC 7692 section 7.1.
bool is_acceptable(std::string_view parameters) {
  std::vector<std::string_view> seen;
  while (!parameters.empty()) {
    std::string_view value = take_part(parameters, ';');
    const bool has_value = value.contains('=');
    const std::string_view name = take_part(value, '=');
    if (std::ranges::find(seen, name) != seen.end()) return false;
    seen.push_back(name);
    if (name == "server_no_context_takeover" || name == "client_no_context_takeover") {
      if (has_value) return false;
    } else if (name == "client_max_window_bits") {
      if (has_value && !window_bits(without_quotes(trimmed(value)))) return false;
    } else if (name == "server_max_window_bits") {
      if (window_bits(without_quotes(trimmed(value))) != window_bits_max) return false;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> accept_key(std::string_view key) {
  std::array<unsigned char, 18> decoded{};
  if (key.size() != key_characters || !key.ends_with("==")) return std::nullopt;
  if (EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), key_characters) < 0)
    return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const std::string text = std::string(key).append(accept_guid);
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-1, which the WebSocket handshake needs");
  std::string out(28, '\0');  // 20 bytes
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), digest.data(), static_cast<int>(size));
  return out;
}

std::optional<std::string> accept_deflate(std::string_view offers) {
  while (!offers.empty()) {
    std::string_view offer = take_part(offers, ',');
    if (take_part(offer, ';') == "permessage-deflate" && is_acceptable(offer))
      return "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  }
  return std::nullopt;
}

std::optional<std::vector<std::string_view>> offered_protocols(std::string_view field) {
  std::vector<std::string_view> out;
  while (!field.empty()) {
    const std::string_view name = take_part(field, ',');
    if (name.empty()) continue;  // RFC 9110 section 5.6.1.2
    if (!is_token(name) || std::ranges::find(out, name) != out.end()) return std::nullopt;
    out.push_back(name);
  }
  return out;
}

}  // namespace ashlar::realtime
