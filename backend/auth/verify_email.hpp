// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenges.hpp"

namespace ashlar::backend {

struct VerifyEmail {
  ChallengeToken token;
};
ASHLAR_DESCRIBE(VerifyEmail, token)

// Marks the address that the token was sent to as verified, while the account has it. Error auth.challenge_invalid.
Task<Result<>> verify_email(api::Call& call, VerifyEmail in, api::Units& units, const Challenges& challenges);

}  // namespace ashlar::backend
