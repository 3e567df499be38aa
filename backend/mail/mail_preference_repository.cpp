// SPDX-License-Identifier: Apache-2.0
#include "backend/mail/mail_preference_repository.hpp"

#include "ashlar/sql/query.hpp"
#include "backend/raw_statements.hpp"
#include "backend/users/account_must_exist.hpp"

namespace ashlar::backend {

Task<Result<MailPreferenceRow>> MailPreferenceRepository::of_user(Uuid user) {
  auto found = co_await unwrap(sql::find<&MailPreferenceRow::user_id>(user).one(in_));
  co_return found.value_or(MailPreferenceRow{.user_id = user, .language = {}, .unsubscribed_at = {}});
}

Task<Result<std::optional<MailPreferenceRow>>> MailPreferenceRepository::of_address(Email address) {
  return mail_preference_by_email_key(address.key()).one(in_);
}

Task<Result<>> MailPreferenceRepository::save(api::UnitOfWork& unit, MailPreferenceRow preference) {
  co_await unwrap(account_must_exist(
      co_await sql::insert(preference).on_conflict<&MailPreferenceRow::user_id>().replace_all().run(unit)));
  co_return Result<>{};
}

}  // namespace ashlar::backend
