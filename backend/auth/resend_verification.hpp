// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenges.hpp"

namespace ashlar::backend {

// Another mail to verify the address of the caller's account. Errors: auth.email_already_verified; rate_limit.exceeded.
Task<Result<api::Accepted<MailRequested>>> resend_verification(api::UserCall& call, api::Units& units,
                                                               const Challenges& challenges, AccountMails& mails);

}  // namespace ashlar::backend
