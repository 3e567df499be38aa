// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/step_up.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/auth/session.hpp"
#include "backend/users/user_repository.hpp"

#include <chrono>

namespace ashlar::backend {

StepUp StepUp::example() { return {.password = SentPassword::of("a long password"), .code = std::nullopt}; }

SteppedUp SteppedUp::example() {
  return {.access_token = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl", .expires_in = 900};
}

api::WithCredentials<SteppedUp> stepped_up(const api::Call& call, auth::IssuedToken access) {
  const auto lifetime = std::chrono::ceil<std::chrono::seconds>(access.expires_at - call.now());
  return {.reply = {.access_token = access.token, .expires_in = lifetime.count()},
          .credentials = api::Credentials{.access_token = std::move(access.token),
                                          .refresh_token = {},
                                          .access_expires_at = access.expires_at,
                                          .refresh_expires_at = {}}};
}

namespace {

using SteppedUpReply = api::WithCredentials<SteppedUp>;
using Checked = SecondFactors::Checked<SteppedUpReply>;

Task<Result<SteppedUpReply>> renew(api::UnitOfWork& unit, User user, std::vector<std::string> amr, Sessions* sessions) {
  if (user.disabled_at) co_return fail(errors::invalid_credentials, "The password is wrong.");
  const Uuid session = unit.call().principal()->session;
  auto access = co_await unwrap(sessions->step_up(unit, std::move(user), session, std::move(amr)));
  co_return stepped_up(unit.call(), std::move(access));
}

Task<Result<SteppedUpReply>> renew_by_password(api::UnitOfWork& unit, Account verified, Sessions* sessions) {
  Account now = co_await unwrap(still_own_password(unit, std::move(verified)));
  co_return co_await renew(unit, std::move(now.user), {"pwd"}, sessions);
}

Task<Result<Checked>> renew_by_code(api::UnitOfWork& unit, MfaCode code, Sessions* sessions,
                                    const SecondFactors* second_factors) {
  const Uuid id = unit.call().principal()->id;
  auto account =
      co_await unwrap(required(co_await UserRepository::find_account_locked(unit, id, UserRepository::Lock::exclusive),
                               auth::errors::token_revoked, "This account does not exist any more."));
  auto checked = co_await unwrap(second_factors->check(unit, id, std::move(code), SecondFactors::Accepted::totp));
  if (!checked) co_return Checked(std::unexpected(std::move(checked.error())));
  co_return Checked(co_await unwrap(renew(unit, std::move(account.user), {"otp"}, sessions)));
}

}  // namespace

Task<Result<api::WithCredentials<SteppedUp>>> step_up(api::UserCall& call, StepUp in, api::Units& units,
                                                      Passwords& passwords, Guessing& guessing, Sessions& sessions,
                                                      SecondFactors& second_factors) {
  if (in.password.has_value() == in.code.has_value())
    co_return std::unexpected(invalid_input("", schema::codes::one_of, "has either password or code"));
  if (in.code)
    co_return co_await unwrap(units.run(call, &renew_by_code, std::move(*in.code), &sessions, &second_factors));
  Account account =
      co_await unwrap(check_own_password(call, std::move(*in.password), units.database(), passwords, guessing));
  co_return co_await units.run(call, &renew_by_password, std::move(account), &sessions);
}

}  // namespace ashlar::backend
