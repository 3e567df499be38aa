// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/password.hpp"
#include "ashlar/auth/password_policy.hpp"
#include "backend/settings.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// Whose password it is: words that an attacker tries first.
struct PasswordOwner {
  std::string name;
  std::string email;
};

// The words that a password of the owner must not be made of alone (PasswordPolicy::check).
[[nodiscard]] std::vector<std::string> personal_words(const PasswordOwner& owner);

[[nodiscard]] auth::PasswordOptions password_options(const Settings& settings);
[[nodiscard]] auth::PasswordPolicyOptions password_policy_options(const Settings& settings);

// For whom a call hashes: an IPv4 address, the /64 of an IPv6 address, or the text of another kind of address.
[[nodiscard]] auth::HashingClient hashing_client(const api::Call& call, auth::HashingClient::Lane lane);

// The passwords of the backend's accounts: what may become one, and the hashing of them, in the order of the queue that
// the hasher was made with. Safe from every loop; what it is given outlives it.
//
// Errors of every function: server.overloaded, with Retry-After, when the hashing would have to wait too long.
class Passwords {
 public:
  using Lane = auth::HashingClient::Lane;

  Passwords(auth::PasswordHasher& hasher, const auth::PasswordPolicy& policy) : hasher_(hasher), policy_(policy) {}
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  // The hash of a new password. Error request.invalid with a fault at `path` when anybody would guess it:
  // common_password, guessable_password, breached_password (auth/password_policy.hpp).
  Task<Result<std::string>> hash_new(const api::Call& call, Password password, PasswordOwner owner, std::string path,
                                     Lane lane = Lane::anonymous);
  // Another hash of a password that is set already: for needs_rehash of check().
  Task<Result<std::string>> hash_again(const api::Call& call, std::string password, Lane lane);

  // Whether the hash is of the password. nullopt is the hash of an account that does not exist: it never matches, and
  // takes as long (auth/password.hpp). What no account can have as a password does not match, and is no error. Guesses
  // are counted by check_password() (auth/password_check.hpp), which calls this.
  Task<Result<auth::PasswordCheck>> check(const api::Call& call, std::string password, std::optional<std::string> hash,
                                          Lane lane);

 private:
  auth::PasswordHasher& hasher_;
  const auth::PasswordPolicy& policy_;
};

}  // namespace ashlar::backend
