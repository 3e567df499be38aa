// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/recovery_codes.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <cstdint>

namespace ashlar::auth {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford's base32
constexpr std::size_t code_characters = 24;                                // of 5 bits
constexpr std::size_t group_characters = 6;
constexpr std::string_view label = "ashlar recovery code v1:";

std::string hash_of(std::string_view code) {
  std::string text(label);
  text += code;
  std::array<std::byte, 32> digest{};
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
                 nullptr) != 1) {
    detail::throw_openssl("EVP_Digest");
  }
  OPENSSL_cleanse(text.data(), text.size());
  return to_hex(digest);
}

// The character that is meant, or 0.
char plain(char c) {
  c = ascii_lower({&c, 1})[0];
  if (c == 'o') return '0';
  if (c == 'i' || c == 'l') return '1';
  return alphabet.contains(c) ? c : '\0';
}

}  // namespace

std::array<RecoveryCode, recovery_code_count> new_recovery_codes(Random& random) {
  std::array<RecoveryCode, recovery_code_count> out;
  for (RecoveryCode& code : out) {
    std::array<std::byte, code_characters> bytes{};
    random.fill(bytes);
    std::string plain_code;
    for (const std::byte byte : bytes) {
      if (!plain_code.empty() && plain_code.size() % group_characters == 0) code.text += '-';
      plain_code += alphabet[std::to_integer<std::size_t>(byte) & 31];
      code.text += plain_code.back();
    }
    code.hash = hash_of(plain_code);
  }
  return out;
}

std::optional<std::string> recovery_code_hash(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    const char meant = plain(c);
    if (meant == '\0' || code.size() == code_characters) return std::nullopt;
    code += meant;
  }
  if (code.size() != code_characters) return std::nullopt;
  return hash_of(code);
}

}  // namespace ashlar::auth
