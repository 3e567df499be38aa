// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/second_factors.hpp"

#include <string>

namespace ashlar::backend {

// What an authenticator app needs. None of it is shown again.
struct MfaSetup {
  std::string secret;       // base32, to be typed
  std::string otpauth_url;  // the same with issuer and account
  std::string qr_code;      // the URL as a PNG: a data URL

  static MfaSetup example();
};
ASHLAR_DESCRIBE(MfaSetup, secret, otpauth_url, qr_code)

// Makes a secret, which is pending until enable_mfa() got a code of it. A second call replaces it.
Task<Result<MfaSetup>> set_up_mfa(api::UserCall& call, api::Units& units, SecondFactors& second_factors);

}  // namespace ashlar::backend
