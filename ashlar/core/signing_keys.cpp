// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/signing_keys.hpp"

#include "ashlar/core/encoding.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>

namespace ashlar {

namespace {

constexpr std::size_t key_bytes_min = 32;
constexpr std::size_t digest_bytes = 32;

std::string digest(const std::string& key, std::string_view purpose, std::string_view text) {
  std::string message(purpose);
  message += '\0';  // a purpose contains no NUL
  message += text;
  std::array<std::byte, digest_bytes> out{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(out.data()), &size) == nullptr ||
      size != digest_bytes)
    throw std::runtime_error("HMAC-SHA-256 failed");
  return to_base64url(out);
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
    right |=
        expected.size() == signature.size() && CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
  }
  return right;
}

}  // namespace ashlar
