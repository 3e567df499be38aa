// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/config/environment.hpp"
#include "backend/passkeys/passkey_options.hpp"

#include <cstdint>
#include <string_view>

namespace ashlar::backend {

// Where the server is reached when nothing says so: in development, http://localhost with its port.
struct PasskeyDefaults {
  enum class Place : std::uint8_t { unknown, localhost } place = Place::unknown;
  std::uint16_t port = 0;
};

// Reads PUBLIC_URL, the variables WEBAUTHN_* and PASSKEYS_PER_USER_MAX. Options without an RP ID, where none is set and
// the place is not known, are off.
[[nodiscard]] PasskeyOptions read_passkey_options(config::Environment& env, PasskeyDefaults defaults);

}  // namespace ashlar::backend
