// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/digest.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <array>
#include <cstddef>

namespace ashlar::auth {

std::string digest(std::string_view purpose, std::string_view text) {
  std::string labelled(purpose);
  labelled += '\0';
  labelled += text;
  std::array<std::byte, 32> bytes{};
  if (EVP_Digest(labelled.data(), labelled.size(), reinterpret_cast<unsigned char*>(bytes.data()), nullptr,
                 EVP_sha256(), nullptr) != 1) {
    detail::throw_openssl("EVP_Digest");
  }
  OPENSSL_cleanse(labelled.data(), labelled.size());
  return to_hex(bytes);
}

}  // namespace ashlar::auth
