// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/hashing_queue.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Passwords as bcrypt or argon2id hashes, made and verified on a pool's threads: a bcrypt hash of cost 12 takes about a
// quarter of a second of CPU, which a loop cannot give.
//
// Form. A password is compared in NFC with the spaces of other scripts as U+0020 (RFC 8265 section 4.2.2). Hashes that
// were made of another form still match: when the prepared form does not match and differs from what was sent, that is
// tried too. bcrypt reads 72 bytes, so a longer password is replaced by a keyed digest before
// (detail/password_hash.hpp); no part of a password is ignored. argon2id has no such limit.
//
// Timing. The duration of an answer must not reveal whether an account exists, even while stored hashes have other
// parameters than new ones, for instance after a change of the cost. So each verification, for an existing or an
// unknown account, does the work of every set of parameters in use once: the stored hash's own, and for the others a
// hash whose result is discarded. In use are this hasher's own parameters, those of expect_stored(), and those of each
// hash that was verified since the start. The first verification of a hash with unexpected parameters is the only
// exception; call expect_stored() at the start with the parameters in the database. While two costs are in use, a
// sign-in costs the sum of both.
namespace ashlar::auth {

namespace errors {
inline constexpr ErrorCode password_too_long{ErrorKind::invalid, "auth.password_too_long"};
inline constexpr ErrorCode password_holds_nul{ErrorKind::invalid, "auth.password_holds_nul"};
}  // namespace errors

enum class PasswordScheme : std::uint8_t { bcrypt, argon2id };

struct PasswordOptions {
  int cost = 12;                                   // of bcrypt, 4 to 31; each step doubles the time
  PasswordScheme scheme = PasswordScheme::bcrypt;  // of new hashes; both are verified
  std::uint32_t argon2_memory_kib = 19 * 1024;     // 8 a lane to 1,048,576
  std::uint32_t argon2_passes = 2;                 // 1 to 64
  std::uint32_t argon2_lanes = 1;                  // 1 to 16, run one after the other
};

struct PasswordCheck {
  bool matches = false;
  bool needs_rehash = false;  // it matches, but has other parameters, or hashes the unprepared form
};

// Safe from any loop. Pool, queue and random source outlive it. It wipes its copies of passwords.
//
// Errors of hash, check, verify and verify_for_unknown_account: auth.password_too_long over 4,096 bytes and
// auth.password_holds_nul, both at once and for the password alone; server.overloaded when the queue refuses.
class PasswordHasher {
 public:
  using Options = PasswordOptions;

  // Jobs run in the pool's order. Throws std::invalid_argument for options out of range.
  PasswordHasher(async::BlockingPool& pool, Random& random, Options options = {});
  // Jobs run in the queue's fair order. `client` matters with this one only.
  PasswordHasher(HashingQueue& queue, Random& random, Options options = {});
  ~PasswordHasher();
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

  // A new hash with this hasher's parameters and a new salt.
  [[nodiscard]] Task<Result<std::string>> hash(std::string password, HashingClient client = {});

  // Whether the hash is of the password, and whether it should be replaced by a new one. An empty hash, of an account
  // without a password, matches nothing: false, after the same work. A malformed stored hash is `internal`.
  [[nodiscard]] Task<Result<PasswordCheck>> check(std::string password, std::string hash, HashingClient client = {});
  [[nodiscard]] Task<Result<bool>> verify(std::string password, std::string hash, HashingClient client = {});

  // For an account that does not exist: false, after the same work as for one that does.
  [[nodiscard]] Task<Result<bool>> verify_for_unknown_account(std::string password, HashingClient client = {});

  // Whether a stored hash has other parameters than this hasher gives to new ones, weaker or stronger.
  [[nodiscard]] bool needs_rehash(std::string_view hash) const;

  // Counts the parameters of a stored hash as in use. Its beginning is enough ("$2b$10$"). Malformed ones are ignored;
  // beyond eight different sets of parameters, more are ignored.
  void expect_stored(std::string_view hash);

 private:
  struct State;
  PasswordHasher(async::BlockingPool* pool, HashingQueue* queue, Random& random, const Options& options);

  std::unique_ptr<State> state_;
};

}  // namespace ashlar::auth
