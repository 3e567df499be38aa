// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ashlar::backend {

struct SecondFactorOptions {
  std::string issuer = "Ashlar";                      // shown by authenticator apps; 1 to 64 bytes
  std::chrono::milliseconds token_lifetime{300'000};  // of an mfaToken
  std::uint32_t wrong_codes_per_token_max = 5;        // of an mfaToken; then it ends
  // Of an account in the 24 hours that begin with a wrong code. Then only recovery codes are accepted.
  std::uint32_t wrong_codes_per_day_max = 20;
  std::uint32_t tokens_per_user_max = 20;  // mfaTokens at once, 2 or more; one more ends the oldest
};

}  // namespace ashlar::backend
