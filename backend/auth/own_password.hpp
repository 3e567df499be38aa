// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/users/passwords.hpp"
#include "backend/users/user_repository.hpp"

#include <string>

namespace ashlar::backend {

// The password of an account as a client sends it to confirm what it does. One that no account can have is wrong, not
// invalid.
using SentPassword = Secret<Text<1, 1024>>;

// The caller's account, when the password is the account's: one counted guess of the caller's session. Errors:
// auth.invalid_credentials, auth.too_many_guesses; auth.token_revoked when the account was removed.
Task<Result<Account>> check_own_password(api::UserCall& call, SentPassword password, sql::Database& database,
                                         Passwords& passwords, Guessing& guessing);

// The same account again, under a lock that keeps others from changing it. Verifying took a while: a password that was
// changed in the meantime is wrong now. Errors as above.
Task<Result<Account>> still_own_password(api::UnitOfWork& unit, Account checked);

}  // namespace ashlar::backend
