// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/own_password.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/auth/password_check.hpp"
#include "backend/auth/session.hpp"

namespace ashlar::backend {

namespace {

constexpr std::string_view account_is_gone = "This account does not exist any more.";

Error wrong_password() { return {errors::invalid_credentials, "The password is wrong."}; }

}  // namespace

Task<Result<Account>> check_own_password(api::UserCall& call, SentPassword password, sql::Database& database,
                                         Passwords& passwords, Guessing& guessing) {
  Account account = co_await unwrap(required(co_await UserRepository(database).find_account_of(call.user().id),
                                             auth::errors::token_revoked, account_is_gone));
  Guess guess{.account = account.user.id, .email_key = {}, .device = call.user().session};
  const auto checked = co_await unwrap(
      check_password(call, std::move(guess), password.reveal().str(), account.password_hash, guessing, passwords));
  if (!checked.matches) {
    call.log().security(log::Level::warn, "password confirmation refused",
                        {{"userId", account.user.id.to_string()}, {"address", call.client_address()}});
    co_return std::unexpected(wrong_password());
  }
  co_return account;
}

Task<Result<Account>> still_own_password(api::UnitOfWork& unit, Account checked) {
  Account now = co_await unwrap(
      required(co_await UserRepository::find_account_locked(unit, checked.user.id, UserRepository::Lock::exclusive),
               auth::errors::token_revoked, account_is_gone));
  if (now.password_hash != checked.password_hash) co_return std::unexpected(wrong_password());
  co_return now;
}

}  // namespace ashlar::backend
