// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/api_key.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ashlar::auth {
namespace {

constexpr std::string_view prefix = "ash_";
constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t id_digits = 22;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t secret_digits = 43;
constexpr std::size_t checksum_digits = 6;
constexpr std::size_t text_bytes = prefix.size() + id_digits + secret_digits + checksum_digits;

// The bytes as a big-endian number in `width` digits, which are enough for it. Divides it away.
std::string to_base62(std::span<std::uint8_t> number, std::size_t width) {
  std::string out(width, digits.front());
  for (auto place = out.rbegin(); place != out.rend(); ++place) {
    unsigned remainder = 0;
    for (std::uint8_t& byte : number) {
      remainder = remainder << 8 | byte;
      byte = static_cast<std::uint8_t>(remainder / digits.size());
      remainder %= static_cast<unsigned>(digits.size());
    }
    *place = digits[remainder];
  }
  return out;
}

// False for other characters and for numbers that do not fit.
bool from_base62(std::string_view text, std::span<std::uint8_t> number) {
  std::ranges::fill(number, 0);
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) return false;
    auto carry = static_cast<unsigned>(digit);
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
      carry += *byte * static_cast<unsigned>(digits.size());
      *byte = static_cast<std::uint8_t>(carry & 0xff);
      carry >>= 8;
    }
    if (carry != 0) return false;
  }
  return true;
}

std::string checksum(std::string_view text) {
  const auto crc = static_cast<std::uint32_t>(crc32(0, detail::bytes_of(text), static_cast<uInt>(text.size())));
  std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(crc >> 24), static_cast<std::uint8_t>(crc >> 16),
                                    static_cast<std::uint8_t>(crc >> 8), static_cast<std::uint8_t>(crc)};
  return to_base62(bytes, checksum_digits);
}

}  // namespace

ApiKey new_api_key(const Clock& clock, Random& random) {
  ApiKey out;
  out.id = Uuid::make(clock, random);
  auto id = out.id.bytes();
  std::array<std::uint8_t, secret_bytes> secret{};
  random.fill(std::as_writable_bytes(std::span(secret)));
  out.prefix = std::string(prefix) + to_base62(id, id_digits);
  out.text = out.prefix + to_base62(secret, secret_digits);
  out.text += checksum(out.text);
  out.hash = api_key_hash(out.text);
  return out;
}

std::optional<Uuid> parse_api_key(std::string_view text) {
  if (text.size() != text_bytes || !text.starts_with(prefix)) return std::nullopt;
  std::array<std::uint8_t, 16> id{};
  std::array<std::uint8_t, secret_bytes> secret{};
  if (!from_base62(text.substr(prefix.size(), id_digits), id) ||
      !from_base62(text.substr(prefix.size() + id_digits, secret_digits), secret) ||
      text.substr(text_bytes - checksum_digits) != checksum(text.substr(0, text_bytes - checksum_digits))) {
    return std::nullopt;
  }
  return Uuid(id);
}

std::string api_key_hash(std::string_view text) {
  std::array<std::byte, 32> digest{};
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
                 nullptr) != 1) {
    detail::throw_openssl("EVP_Digest");
  }
  return to_hex(digest);
}

bool api_key_matches(std::string_view text, std::string_view hash) {
  return detail::equal_in_constant_time(api_key_hash(text), hash);
}

}  // namespace ashlar::auth
