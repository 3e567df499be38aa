// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/users/user.hpp"

namespace ashlar::backend {

// For a change of an account that was made without a confirmation: when its address is another one now, that one gets a
// token to verify it, and the old one a notice. Ends every other token of the account. Part of the unit that made the
// change.
Task<Result<>> mail_changed_address(api::UnitOfWork& unit, User before, User now, const Challenges* challenges,
                                    AccountMails* mails);

}  // namespace ashlar::backend
