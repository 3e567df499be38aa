// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/auth/challenge_row.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// The rows of challenges. Reads go to the executor that it is made for; writes take a unit of work.
class ChallengeRepository {
 public:
  explicit ChallengeRepository(sql::Executor& in) : in_(in) {}

  // One that is open and has not expired.
  Task<Result<std::optional<ChallengeRow>>> find_open(std::string token_hash, Timestamp now);
  // Whether one of the user's with this payload was used and has not expired.
  Task<Result<bool>> any_used(Uuid user, ChallengeKind kind, std::string payload, Timestamp now);
  // The oldest of those that were made after `since`, at most `count_max`.
  Task<Result<std::vector<ChallengeRow>>> made_since(Uuid user, ChallengeKind kind, Timestamp since,
                                                     std::int64_t count_max);

  // Always two statements: as many for a user with challenges as for one without.
  static Task<Result<>> end_beyond(api::UnitOfWork& unit, Uuid user, ChallengeKind kind, std::size_t kept);
  // Removes those that expired before `keep_since` as well, of all accounts.
  static Task<Result<>> create(api::UnitOfWork& unit, ChallengeRow challenge, Timestamp keep_since);
  // Compares and swaps the status in one statement: false when it is not open any more.
  static Task<Result<bool>> use(api::UnitOfWork& unit, Uuid id);
  // These end challenges of the user's that are open or used: all of them; resets and e-mail changes, which were asked
  // for under the password of before; those of some kinds.
  static Task<Result<>> end_all(api::UnitOfWork& unit, Uuid user);
  static Task<Result<>> end_for_new_password(api::UnitOfWork& unit, Uuid user);
  static Task<Result<>> end(api::UnitOfWork& unit, Uuid user, std::vector<ChallengeKind> kinds);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
