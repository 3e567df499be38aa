// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/webauthn.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::auth::detail {

// WebAuthn section 6.1. Views into the input.
struct AuthenticatorData {
  std::string_view id_hash;  // SHA-256 of the RP ID
  bool user_present = false;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backed_up = false;
  std::uint32_t sign_count = 0;

  struct Credential {  // section 6.5.1
    std::string_view aaguid;
    std::string_view id;
    std::string_view public_key;  // COSE_Key; read_cose_key() accepts it
  };
  std::optional<Credential> credential;
};

// Errors: auth.webauthn_malformed: too short, bytes after its end, a credential id that is empty or longer than
// `credential_id_bytes_max`, extensions that are no CBOR map, a backed-up credential that is not eligible; and those of
// read_cose_key(). Reserved flags are ignored.
[[nodiscard]] Result<AuthenticatorData> read_authenticator_data(std::string_view bytes,
                                                                std::size_t credential_id_bytes_max);

}  // namespace ashlar::auth::detail
