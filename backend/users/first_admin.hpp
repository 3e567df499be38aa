// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "backend/application.hpp"

#include <cstdint>
#include <string>

namespace ashlar::backend {

struct FirstAdminOutcome {
  enum class Kind : std::uint8_t {
    exists,          // there is an admin already; nothing was done
    made,            // from ADMIN_EMAIL and ADMIN_PASSWORD
    generated,       // in development: with a password that is known only here
    not_configured,  // there is none, and none is configured
    email_is_user    // ADMIN_EMAIL belongs to an account that is not an admin: it does not become one, since anyone may
                     // have registered it
  } kind = Kind::exists;
  std::string email;
  std::string password;  // of a generated one
};

// Creates the first admin if there is none. Completes before the server answers its first request; otherwise a client
// could register the admin's address. Error request.invalid when ADMIN_PASSWORD is easily guessed. Hashing the password
// takes about as long as a sign-in.
Task<Result<FirstAdminOutcome>> make_first_admin(const Settings& settings, Dependencies dependencies,
                                                 Passwords& passwords);

}  // namespace ashlar::backend
