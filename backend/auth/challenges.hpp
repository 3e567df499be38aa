// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/random.hpp"
#include "backend/auth/challenge.hpp"
#include "backend/auth/challenge_row.hpp"
#include "backend/users/user_repository.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

struct ChallengeOptions {
  std::chrono::milliseconds verification_lifetime{24 * 60 * 60 * 1'000};
  std::chrono::milliseconds reset_lifetime{30 * 60 * 1'000};
  std::chrono::milliseconds email_change_lifetime{60 * 60 * 1'000};
  std::size_t open_max = 3;     // of one account and kind, at least 1; e-mail changes 1: a further one ends the oldest
  std::int64_t hourly_max = 5;  // of one account and kind: a further one is not made, and nothing is mailed
};

// What a new challenge is for. Without a user it makes a row that no token opens, by the same statements.
struct WantedChallenge {
  ChallengeKind kind = ChallengeKind::email_verification;
  std::optional<Uuid> user;
  std::string sent_to;
  std::string payload{};
};

// A token for a mail; or none, because the account had as many as it may have in an hour, or there is no account.
struct IssuedChallenge {
  std::optional<std::string> token;
  std::chrono::seconds retry_after{0};  // where there is none
};

// rate_limit.exceeded, for a caller who may know.
[[nodiscard]] Error too_many_mails(std::chrono::seconds retry_after);

// A challenge that was used, and its account, which no other unit changes before this one ends.
struct UsedChallenge {
  ChallengeRow row;
  Account account;
};

// The tokens that go by mail: 256 random bits, of which the database holds the hash. Each works once, for its kind, for
// its lifetime, and only while the account has the address that it was sent to. Safe from every loop; the random source
// outlives it.
class Challenges {
 public:
  Challenges(ChallengeOptions options, Random& random) : options_(options), random_(random) {}
  Challenges(const Challenges&) = delete;
  Challenges& operator=(const Challenges&) = delete;

  // The same statements whether there is a user or not, and whether or not a limit is reached, so that the time of an
  // answer does not tell. The caller serializes units of one account: with a lock of the account's row, or of the
  // address.
  Task<Result<IssuedChallenge>> issue(api::UnitOfWork& unit, WantedChallenge wanted) const;

  // The account of a token that could be used now. Nothing is locked: it only saves work before take(). Error
  // auth.challenge_invalid.
  Task<Result<Uuid>> expect(sql::Executor& in, Timestamp now, std::string token,
                            std::vector<ChallengeKind> kinds) const;
  // Locks the account and uses the token, in this order. Of two units at once one gets it. Error
  // auth.challenge_invalid.
  Task<Result<UsedChallenge>> take(api::UnitOfWork& unit, std::string token, std::vector<ChallengeKind> kinds) const;

  [[nodiscard]] std::chrono::milliseconds lifetime(ChallengeKind kind) const;
  [[nodiscard]] MailRequested requested(ChallengeKind kind) const {
    return {.expires_in = std::chrono::ceil<std::chrono::seconds>(lifetime(kind)).count()};
  }

 private:
  [[nodiscard]] std::size_t open_max(ChallengeKind kind) const;

  const ChallengeOptions options_;
  Random& random_;
};

}  // namespace ashlar::backend
