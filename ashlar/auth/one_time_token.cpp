// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/one_time_token.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <array>
#include <cstddef>

namespace ashlar::auth {

OneTimeToken new_one_time_token(Random& random) {
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  std::string text = to_base64url(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  std::string hash = one_time_token_hash(text);
  return {.text = std::move(text), .hash = std::move(hash)};
}

std::string one_time_token_hash(std::string_view text) {
  std::array<std::byte, 32> digest{};
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
                 nullptr) != 1) {
    detail::throw_openssl("EVP_Digest");
  }
  return to_hex(digest);
}

}  // namespace ashlar::auth
