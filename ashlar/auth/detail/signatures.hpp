// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/keys.hpp"

#include <string>
#include <string_view>

namespace ashlar::auth::detail {

// HMAC with SHA-256 and one secret. The key schedule is computed once and copied for each message. Safe from any
// thread.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view secret);

  [[nodiscard]] std::string sign(std::string_view text) const;  // 32 bytes

 private:
  MacContext keyed_;
};

// In JOSE's forms (RFC 7518 section 3, RFC 8037 section 3.1), of an asymmetric algorithm that `key` is of. Throws
// std::runtime_error when OpenSSL fails.
[[nodiscard]] std::string sign_with(EVP_PKEY* key, SignatureAlgorithm algorithm, std::string_view text);
// A signature of another length is wrong, an ASN.1 one of ES256 too.
[[nodiscard]] bool verify_with(EVP_PKEY* key, SignatureAlgorithm algorithm, std::string_view text,
                               std::string_view signature);

// A new key pair. Throws std::runtime_error when OpenSSL fails.
[[nodiscard]] PKey generate_key(SignatureAlgorithm algorithm);

}  // namespace ashlar::auth::detail
