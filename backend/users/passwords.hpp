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

// The owner of a password: words that an attacker tries first.
struct PasswordOwner {
  std::string name;
  std::string email;
};

// The words that must not be the whole of the owner's password (PasswordPolicy::check).
[[nodiscard]] std::vector<std::string> personal_words(const PasswordOwner& owner);

[[nodiscard]] auth::PasswordOptions password_options(const Settings& settings);
[[nodiscard]] auth::PasswordPolicyOptions password_policy_options(const Settings& settings);

// The client of a hashing job: an IPv4 address, the /64 of an IPv6 address, or the text of another kind of address.
[[nodiscard]] auth::HashingClient hashing_client(const api::Call& call, auth::HashingClient::Lane lane);

// The passwords of the backend's accounts: the policy for new ones, and their hashing, in the order of the hasher's
// queue. Safe from every loop; the constructor's arguments outlive it.
//
// Errors of every function: server.overloaded, with Retry-After, when the hashing would have to wait too long.
class Passwords {
 public:
  using Lane = auth::HashingClient::Lane;

  Passwords(auth::PasswordHasher& hasher, const auth::PasswordPolicy& policy) : hasher_(hasher), policy_(policy) {}
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  // The hash of a new password. Error request.invalid with a fault at `path` when it is easily guessed:
  // common_password, guessable_password, breached_password (auth/password_policy.hpp).
  Task<Result<std::string>> hash_new(const api::Call& call, Password password, PasswordOwner owner, std::string path,
                                     Lane lane = Lane::anonymous);
  // A new hash of an existing password: for needs_rehash of check().
  Task<Result<std::string>> hash_again(const api::Call& call, std::string password, Lane lane);

  // Whether the hash is of the password. nullopt stands for an account that does not exist: it never matches, and takes
  // as long (auth/password.hpp). Text that no account can have as a password does not match, and is not an error.
  // check_password() (auth/password_check.hpp), which calls this, counts guesses.
  Task<Result<auth::PasswordCheck>> check(const api::Call& call, std::string password, std::optional<std::string> hash,
                                          Lane lane);

 private:
  auth::PasswordHasher& hasher_;
  const auth::PasswordPolicy& policy_;
};

}  // namespace ashlar::backend
