// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"

#include <string>

// Passwords as bcrypt hashes ("$2b$12$..."), made and checked on a pool's threads: at cost 12 each takes about a
// quarter of a second of CPU, which a loop cannot give.
namespace ashlar::auth {

namespace errors {
// bcrypt reads 72 bytes and stops at a NUL, so that two different passwords would open the same account.
inline constexpr ErrorCode password_too_long{ErrorKind::invalid, "auth.password_too_long"};
inline constexpr ErrorCode password_holds_nul{ErrorKind::invalid, "auth.password_holds_nul"};
}  // namespace errors

struct PasswordOptions {
  int cost = 12;  // 4 to 31; each step doubles the time
};

// Safe from any loop. The pool and the random source outlive it. What it was given is wiped from its own memory.
// Errors of all three: auth.password_too_long and auth.password_holds_nul, which cost no time and depend on the
// password alone; server.overloaded when the pool's queue is full.
class PasswordHasher {
 public:
  using Options = PasswordOptions;

  // Throws std::invalid_argument for a cost out of range.
  PasswordHasher(async::BlockingPool& pool, Random& random, Options options = {});

  [[nodiscard]] Task<Result<std::string>> hash(std::string password);

  // Whether the hash is of the password. Takes the time that the hash's own cost demands. A stored hash that is none is
  // `internal`.
  [[nodiscard]] Task<Result<bool>> verify(std::string password, std::string hash);

  // For an account that does not exist: false, after the very work that verify() does for a hash of this hasher's cost,
  // so that the answer's time does not tell who has an account.
  [[nodiscard]] Task<Result<bool>> verify_against_nobody(std::string password);

 private:
  async::BlockingPool& pool_;
  Random& random_;
  const int cost_;
  const std::string hash_of_nobody_;
};

}  // namespace ashlar::auth
