// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/webauthn.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace ashlar::backend {

struct PasskeyOptions {
  auth::RelyingPartyOptions relying_party;                   // without an id there are no passkeys
  std::string relying_party_name = "Ashlar";                 // some browsers show it
  std::chrono::milliseconds challenge_time_max{5 * 60'000};  // between the options and the response
  std::uint32_t per_user_max = 20;
  // A signature counter that does not go up: the authenticator may have been cloned. It is a security event; `refuse`
  // refuses the sign-in, too.
  enum class LowCounter : std::uint8_t { refuse, log } low_counter = LowCounter::refuse;

  [[nodiscard]] bool are_on() const { return !relying_party.id.empty(); }
};

}  // namespace ashlar::backend
