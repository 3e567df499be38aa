// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenges.hpp"

namespace ashlar::backend {

struct ForgotPassword {
  Email email;
};
ASHLAR_DESCRIBE(ForgotPassword, email)

// Mails a token that sets a new password. An unknown address, and an account that had as many mails as it may have in
// an hour, get the same reply after the same statements.
Task<Result<api::Accepted<MailRequested>>> forgot_password(api::Call& call, ForgotPassword in, api::Units& units,
                                                           const Challenges& challenges, AccountMails& mails);

}  // namespace ashlar::backend
