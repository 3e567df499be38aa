// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/application.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

struct FirstAdminOutcome {
  enum class Kind : std::uint8_t {
    exists,        // there is an admin already; nothing was done
    made,          // from ADMIN_EMAIL and ADMIN_PASSWORD
    invented,      // in development: with a password that is known only here
    not_wanted,    // there is none, and nobody said who it should be
    email_is_user  // ADMIN_EMAIL belongs to an account that is no admin: it is not made one, whoever registered it
  } kind = Kind::exists;
  std::string email;
  std::string password;  // of an invented one
};

// Makes the first admin where there is none. Runs to its end before the server answers its first request, or somebody
// else could register the admin's address. Error request.invalid when ADMIN_PASSWORD is easily guessed. Hashing the
// password takes about as long as a sign-in.
Task<Result<FirstAdminOutcome>> make_first_admin(const Settings& settings, Dependencies dependencies,
                                                 Passwords& passwords);

}  // namespace ashlar::backend
