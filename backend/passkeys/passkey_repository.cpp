// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/passkey_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/raw_statements.hpp"
#include "backend/users/account_must_exist.hpp"
#include "backend/users/user_repository.hpp"

#include <algorithm>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

Passkey passkey_of(PasskeyRow row) {
  return {.id = row.id,
          .name = std::move(row.name),
          .created_at = row.created_at,
          .last_used_at = row.last_used_at,
          .backed_up = row.backed_up};
}

}  // namespace

Task<Result<api::Page<Passkey>>> PasskeyRepository::list(Uuid user, ListPasskeys wanted) {
  auto rows = co_await unwrap(from<PasskeyRow>()
                                  .where(col<&PasskeyRow::user_id> == user)
                                  .order_by(wanted.sort, asc<&PasskeyRow::id>)
                                  .page(wanted.page, wanted.limit)
                                  .all_and_count(in_));
  sql::Page<Passkey> page{.rows = {}, .total = rows.total};
  for (PasskeyRow& row : rows.rows) page.rows.push_back(passkey_of(std::move(row)));
  co_return api::page_of(std::move(page), wanted.page, wanted.limit);
}

Task<Result<std::vector<PasskeyRow>>> PasskeyRepository::of_user(Uuid user) {
  return from<PasskeyRow>()
      .where(col<&PasskeyRow::user_id> == user)
      .order_by(asc<&PasskeyRow::created_at>, asc<&PasskeyRow::id>)
      .all(in_);
}

Task<Result<std::vector<PasskeyRow>>> PasskeyRepository::of_email(std::string email) {
  return passkeys_by_email_key(email_key_of(email)).all(in_);
}

Task<Result<std::optional<PasskeyRow>>> PasskeyRepository::find(std::string credential_id) {
  return from<PasskeyRow>().where(col<&PasskeyRow::credential_id> == credential_id).one(in_);
}

Task<Result<>> PasskeyRepository::create(api::UnitOfWork& unit, PasskeyRow passkey, std::uint32_t per_user_max) {
  co_await unwrap(UserRepository::lock(unit, passkey.user_id));  // so that two at once do not pass the limit
  const auto held = co_await unwrap(PasskeyRepository(unit).of_user(passkey.user_id));
  if (held.size() >= per_user_max)
    co_return fail(errors::passkeys_full, "This account has as many passkeys as it may have: remove one first.");
  audit::created(unit, passkey);
  auto inserted = co_await sql::insert(passkey).run(unit);
  if (!inserted && inserted.error().code() == sql::errors::unique)
    co_return fail(errors::passkey_taken, "This passkey is registered already.");
  co_await unwrap(account_must_exist(std::move(inserted)));
  co_return Result<>{};
}

Task<Result<bool>> PasskeyRepository::use(api::UnitOfWork& unit, PasskeyUse use) {
  auto row = col<&PasskeyRow::id> == use.passkey;
  if (use.counter == PasskeyUse::Counter::must_go_up) {
    // auth::is_sign_count_valid()
    auto goes_up = col<&PasskeyRow::sign_count> < use.sign_count;
    if (use.sign_count == 0) goes_up = col<&PasskeyRow::sign_count> == std::int64_t{0};
    row = std::move(row) && std::move(goes_up);
  } else {
    const auto stored =
        co_await unwrap(from<PasskeyRow>().where(col<&PasskeyRow::id> == use.passkey).for_update().one(unit));
    if (stored) use.sign_count = std::max(use.sign_count, stored->sign_count);
  }
  const auto updated = co_await unwrap(sql::update<PasskeyRow>()
                                           .set(col<&PasskeyRow::sign_count> = use.sign_count,
                                                col<&PasskeyRow::backed_up> = use.backed_up,
                                                col<&PasskeyRow::last_used_at> = unit.call().now())
                                           .where(std::move(row))
                                           .run(unit));
  co_return updated.rows_affected == 1;
}

Task<Result<bool>> PasskeyRepository::remove(api::UnitOfWork& unit, Uuid user, Uuid id) {
  const auto removed = co_await unwrap(sql::erase<PasskeyRow>()
                                           .where(col<&PasskeyRow::id> == id && col<&PasskeyRow::user_id> == user)
                                           .returning_one(unit));
  if (!removed) co_return false;
  audit::deleted(unit, *removed);
  co_return true;
}

Task<Result<>> PasskeyChallenges::create(api::UnitOfWork& unit, PasskeyChallengeRow challenge) {
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::erase<PasskeyChallengeRow>().where(col<&PasskeyChallengeRow::expires_at> <= now).run(unit));
  co_await unwrap(account_must_exist(co_await sql::insert(challenge).run(unit)));
  co_return Result<>{};
}

Task<Result<std::optional<PasskeyChallengeRow>>> PasskeyChallenges::consume_registration(api::UnitOfWork& unit,
                                                                                         Uuid user,
                                                                                         std::string challenge) {
  return sql::erase<PasskeyChallengeRow>()
      .where(col<&PasskeyChallengeRow::challenge> == challenge && col<&PasskeyChallengeRow::user_id> == user &&
             col<&PasskeyChallengeRow::purpose> == ChallengePurpose::registration &&
             col<&PasskeyChallengeRow::expires_at> > unit.call().now())
      .returning_one(unit);
}

Task<Result<std::optional<PasskeyChallengeRow>>> PasskeyChallenges::consume_sign_in(api::UnitOfWork& unit, Uuid id) {
  return sql::erase<PasskeyChallengeRow>()
      .where(col<&PasskeyChallengeRow::id> == id &&
             col<&PasskeyChallengeRow::purpose> != ChallengePurpose::registration &&
             col<&PasskeyChallengeRow::expires_at> > unit.call().now())
      .returning_one(unit);
}

}  // namespace ashlar::backend
