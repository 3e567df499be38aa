// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "backend/mail/mail_preference_row.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// Reads go to the executor that it is made for; writes take a unit of work.
class MailPreferenceRepository {
 public:
  explicit MailPreferenceRepository(sql::Executor& in) : in_(in) {}

  // Without a row, the preference of an account that has chosen nothing.
  Task<Result<MailPreferenceRow>> of_user(Uuid user);
  // Of the account with that address; nullopt: there is none, or it has chosen nothing.
  Task<Result<std::optional<MailPreferenceRow>>> of_address(Email address);

  // Error auth.token_revoked when the account is gone.
  static Task<Result<>> save(api::UnitOfWork& unit, MailPreferenceRow preference);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
