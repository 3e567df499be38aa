// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/own_password.hpp"
#include "backend/auth/sessions.hpp"

namespace ashlar::backend {

struct ChangePassword {
  SentPassword current_password;
  Password new_password;
};
ASHLAR_DESCRIBE(ChangePassword, current_password, new_password)

// Sets the password and ends every session of the account, the caller's as well, since its tokens may be in other
// hands; the reply is the pair of a new session. Error auth.invalid_credentials.
Task<Result<api::WithCredentials<SignedIn>>> change_password(api::UserCall& call, ChangePassword in, api::Units& units,
                                                             Passwords& passwords, Guessing& guessing,
                                                             Sessions& sessions, AccountMails& mails);

}  // namespace ashlar::backend
