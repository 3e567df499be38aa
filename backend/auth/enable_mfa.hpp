// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/second_factors.hpp"

#include <string>
#include <vector>

namespace ashlar::backend {

struct EnableMfa {
  MfaCode code;

  static EnableMfa example();
};
ASHLAR_DESCRIBE(EnableMfa, code)

// Ten codes, each of which works once instead of a code of the authenticator. They are not shown again.
struct RecoveryCodes {
  std::vector<std::string> recovery_codes;

  static RecoveryCodes example();
};
ASHLAR_DESCRIBE(RecoveryCodes, recovery_codes)

// Turns the second factor on: from then on a password alone signs nobody in. Sessions stay.
Task<Result<RecoveryCodes>> enable_mfa(api::UserCall& call, EnableMfa in, api::Units& units,
                                       SecondFactors& second_factors);

}  // namespace ashlar::backend
