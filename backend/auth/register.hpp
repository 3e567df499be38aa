// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/account_mails.hpp"
#include "backend/auth/challenges.hpp"
#include "backend/auth/sessions.hpp"
#include "backend/users/passwords.hpp"

#include <optional>

namespace ashlar::backend {

struct Register {
  UserName name;
  Email email;
  Password password;
  std::optional<Age> age;
  // Of a session that this sign-in replaces; over HTTP, the cookie's.
  std::optional<Text<1, 4096>> refresh_token;

  static Register example();
};
ASHLAR_DESCRIBE(Register, name, email, password, age, refresh_token)

// Makes an account, signs it in, and mails a token to verify its address.
Task<Result<api::WithCredentials<api::Created<SignedIn>>>> register_account(api::Call& call, Register in,
                                                                            api::Units& units, Passwords& passwords,
                                                                            Sessions& sessions,
                                                                            const Challenges& challenges,
                                                                            AccountMails& mails);

}  // namespace ashlar::backend
