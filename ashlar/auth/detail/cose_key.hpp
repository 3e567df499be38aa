// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/webauthn.hpp"

#include <cstddef>
#include <string_view>

namespace ashlar::auth::detail {

// A credential public key (WebAuthn section 6.5.1.1).
struct CoseKey {
  CoseAlgorithm algorithm = CoseAlgorithm::es256;
  PKey key;
  std::size_t bytes = 0;  // that it occupies in the input
};

// Reads the COSE_Key (RFC 9052 section 7) that `bytes` begins with: exactly the members that its type needs, an
// algorithm of CoseAlgorithm, a point on the curve and uncompressed, a modulus of 2,048 to 8,192 bits. Error
// auth.webauthn_malformed; auth.webauthn_refused for another algorithm.
[[nodiscard]] Result<CoseKey> read_cose_key(std::string_view bytes);

// Signatures have the forms of section 6.5.5: ASN.1 DER for ECDSA, raw for the others. Throws std::runtime_error when
// OpenSSL fails.
[[nodiscard]] bool verify_cose(const CoseKey& key, std::string_view text, std::string_view signature);

}  // namespace ashlar::auth::detail
