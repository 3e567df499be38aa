// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/signing_keys.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/hmac.hpp"

#include <cstddef>
#include <stdexcept>

namespace ashlar {

namespace {

constexpr std::size_t key_bytes_min = 32;

std::string digest(const std::string& key, std::string_view purpose, std::string_view text) {
  std::string message(purpose);
  message += '\0';  // a purpose contains no NUL
  message += text;
  return to_base64url(hmac_sha256(key, message));
}

}  // namespace

SigningKeys::SigningKeys(std::vector<std::string> keys) : keys_(std::move(keys)) {
  if (keys_.empty()) throw std::invalid_argument("a key to sign with is needed");
  for (const std::string& key : keys_)
    if (key.size() < key_bytes_min) throw std::invalid_argument("a key to sign with needs at least 32 bytes");
}

std::string SigningKeys::sign(std::string_view purpose, std::string_view text) const {
  return digest(keys_.front(), purpose, text);
}

bool SigningKeys::verify(std::string_view purpose, std::string_view text, std::string_view signature) const {
  bool right = false;
  for (const std::string& key : keys_) {
    const std::string expected = digest(key, purpose, text);
    right |= equal_in_constant_time(expected, signature);
  }
  return right;
}

}  // namespace ashlar
