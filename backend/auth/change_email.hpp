// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/auth/own_password.hpp"

namespace ashlar::backend {

struct ChangeEmail {
  Email email;
  SentPassword password;
};
ASHLAR_DESCRIBE(ChangeEmail, email, password)

// Mails a token to the account's address and one to the new address; the change needs both (confirm_email.hpp). Whether
// the new address is free is decided then: the reply here is the same for one that another account has. Errors:
// auth.invalid_credentials; rate_limit.exceeded.
Task<Result<api::Accepted<MailRequested>>> change_email(api::UserCall& call, ChangeEmail in, api::Units& units,
                                                        Passwords& passwords, Guessing& guessing,
                                                        const Challenges& challenges, AccountMails& mails);

}  // namespace ashlar::backend
