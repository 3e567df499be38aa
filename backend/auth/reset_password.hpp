// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/passwords.hpp"

namespace ashlar::backend {

struct ResetPassword {
  ChallengeToken token;
  Password password;
};
ASHLAR_DESCRIBE(ResetPassword, token, password)

// Sets the password, ends all sessions and every open challenge of the account, and marks its address as verified: the
// token came there. A sign-in with the old password that is under way is refused. Error auth.challenge_invalid.
Task<Result<>> reset_password(api::Call& call, ResetPassword in, api::Units& units, Passwords& passwords,
                              Sessions& sessions, const Challenges& challenges, AccountMails& mails);

}  // namespace ashlar::backend
