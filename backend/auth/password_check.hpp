// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/guessing.hpp"
#include "backend/users/passwords.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// Whether `hash` is of the password, as one counted guess: sign-in, step-up and every other operation that asks for a
// password calls this. nullopt is the hash of an account that does not exist. A guess from a known device has the lane
// of known devices in the hashing queue. A guess that is cancelled or refused before it was verified does not count.
//
// Errors: auth.too_many_guesses; server.overloaded.
Task<Result<auth::PasswordCheck>> check_password(const api::Call& call, Guess guess, std::string password,
                                                 std::optional<std::string> hash, Guessing& guessing,
                                                 Passwords& passwords);

}  // namespace ashlar::backend
