// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/disable_mfa.hpp"

#include "ashlar/auth/token.hpp"
#include "backend/auth/password_check.hpp"
#include "backend/auth/session.hpp"

namespace ashlar::backend {

DisableMfa DisableMfa::example() {
  return {.password = Secret<Text<1, 1024>>::of("a long password"), .code = MfaCode::of("492039")};
}

namespace {

using Disabled = SecondFactors::Checked<void>;

Task<Result<Disabled>> disable(api::UnitOfWork& unit, Account verified, MfaCode code,
                               const SecondFactors* second_factors) {
  return second_factors->disable(unit, std::move(verified), std::move(code));
}

}  // namespace

Task<Result<>> disable_mfa(api::UserCall& call, DisableMfa in, api::Units& units, Passwords& passwords,
                           Guessing& guessing, SecondFactors& second_factors) {
  Account account = co_await unwrap(required(co_await UserRepository(units.database()).find_account_of(call.user().id),
                                             auth::errors::token_revoked, "This account does not exist any more."));
  Guess guess{.account = account.user.id, .email_key = {}, .device = call.user().session};
  const auto checked = co_await unwrap(
      check_password(call, std::move(guess), in.password.reveal().str(), account.password_hash, guessing, passwords));
  if (!checked.matches) {
    call.log().security(log::Level::warn, "password refused",
                        {{"userId", account.user.id.to_string()}, {"address", call.client_address()}});
    co_return fail(errors::invalid_credentials, "The password is wrong.");
  }
  co_return co_await unwrap(units.run(call, &disable, std::move(account), std::move(in.code), &second_factors));
}

}  // namespace ashlar::backend
