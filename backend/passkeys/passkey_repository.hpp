// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/passkeys/passkey.hpp"
#include "backend/passkeys/passkey_list.hpp"
#include "backend/passkeys/passkey_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// One use of a passkey.
struct PasskeyUse {
  Uuid passkey;
  std::int64_t sign_count = 0;
  bool backed_up = false;
  enum class Counter : std::uint8_t { must_go_up, any } counter = Counter::must_go_up;
};

// The rows of passkeys. Reads go to the executor that it is made for; writes take a unit of work.
class PasskeyRepository {
 public:
  explicit PasskeyRepository(sql::Executor& in) : in_(in) {}

  Task<Result<api::Page<Passkey>>> list(Uuid user, ListPasskeys wanted);
  Task<Result<std::vector<PasskeyRow>>> of_user(Uuid user);
  // None for an unknown address and for an account without passkeys, which takes as long.
  Task<Result<std::vector<PasskeyRow>>> of_email(std::string email);
  Task<Result<std::optional<PasskeyRow>>> find(std::string credential_id);

  // Errors: auth.passkey_taken when the credential is registered, for any account; auth.passkeys_full past
  // `per_user_max`; auth.token_revoked when the account is gone. It locks the account's row.
  static Task<Result<>> create(api::UnitOfWork& unit, PasskeyRow passkey, std::uint32_t per_user_max);
  // Compares and swaps the counter in one statement: false when it does not go up, or the passkey is gone. With
  // Counter::any the higher one stays.
  static Task<Result<bool>> use(api::UnitOfWork& unit, PasskeyUse use);
  // false when the user has no such passkey.
  static Task<Result<bool>> remove(api::UnitOfWork& unit, Uuid user, Uuid id);

 private:
  sql::Executor& in_;
};

// The rows of challenges. Consuming one deletes it, so it is consumed once.
class PasskeyChallenges {
 public:
  // Removes those that have expired as well.
  static Task<Result<>> create(api::UnitOfWork& unit, PasskeyChallengeRow challenge);
  // One statement. Nullopt: there is no such challenge of this account, or it was used or has expired.
  static Task<Result<std::optional<PasskeyChallengeRow>>> consume_registration(api::UnitOfWork& unit, Uuid user,
                                                                               std::string challenge);
  static Task<Result<std::optional<PasskeyChallengeRow>>> consume_sign_in(api::UnitOfWork& unit, Uuid id);
};

}  // namespace ashlar::backend
