// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/auth/enable_mfa.hpp"

namespace ashlar::backend {

struct RenewRecoveryCodes {
  MfaCode code;

  static RenewRecoveryCodes example();
};
ASHLAR_DESCRIBE(RenewRecoveryCodes, code)

// New recovery codes; the old ones end. The code is one of the authenticator.
Task<Result<RecoveryCodes>> renew_recovery_codes(api::UserCall& call, RenewRecoveryCodes in, api::Units& units,
                                                 SecondFactors& second_factors);

}  // namespace ashlar::backend
