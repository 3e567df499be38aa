// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/users/account_hooks.hpp"

namespace ashlar::backend {

struct ConfirmEmail {
  ChallengeToken token;
};
ASHLAR_DESCRIBE(ConfirmEmail, token)

struct EmailConfirmed {
  bool changed = false;  // false: the token of the other address is still to come

  static EmailConfirmed example() { return {.changed = true}; }
};
ASHLAR_DESCRIBE(EmailConfirmed, changed)

// Confirms an e-mail change from one of its two addresses; the second confirmation changes the address, which is
// verified then, and the account's identities go on to sign in to it. Sessions stay. Errors: auth.challenge_invalid;
// user.email_taken when another account has taken the address by now, which leaves this token unused.
Task<Result<EmailConfirmed>> confirm_email(api::Call& call, ConfirmEmail in, api::Units& units,
                                           const Challenges& challenges, AccountMails& mails, AccountHooks& hooks);

}  // namespace ashlar::backend
