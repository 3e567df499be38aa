// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/step_up.hpp"

#include "ashlar/schema/fault_codes.hpp"
#include "backend/auth/session.hpp"
#include "backend/users/user_repository.hpp"

#include <chrono>

namespace ashlar::backend {

StepUp StepUp::example() {
  return {.password = SentPassword::of("a long password"),
          .code = std::nullopt,
          .credential = std::nullopt,
          .challenge_id = std::nullopt};
}

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

Task<Result<SteppedUpReply>> renew_by_passkey(api::UnitOfWork& unit, ProvenFactor proven, Sessions* sessions) {
  const Uuid id = unit.call().principal()->id;
  auto account = co_await unwrap(required(co_await UserRepository::find_account_locked(unit, id),
                                          auth::errors::token_revoked, "This account does not exist any more."));
  co_await unwrap(proven.record_use(unit));
  co_return co_await renew(unit, std::move(account.user), std::move(proven.amr), sessions);
}

std::optional<Error> fault_of(const StepUp& in, const PasskeySupport& passkeys) {
  const int proofs = int{in.password.has_value()} + int{in.code.has_value()} + int{in.credential.has_value()};
  if (proofs != 1) return invalid_input("", schema::codes::one_of, "has either password, code or credential");
  if (in.credential && !in.challenge_id)
    return invalid_input("/challengeId", schema::codes::required, "is needed where there is a credential");
  if (in.challenge_id && !in.credential)
    return invalid_input("/credential", schema::codes::required, "is needed where there is a challengeId");
  if (in.credential && passkeys.prover == nullptr)
    return invalid_input("/credential", schema::codes::one_of, "passkeys are turned off");
  return std::nullopt;
}

}  // namespace

Task<Result<api::WithCredentials<SteppedUp>>> step_up(api::UserCall& call, StepUp in, api::Units& units,
                                                      Passwords& passwords, Guessing& guessing, Sessions& sessions,
                                                      SecondFactors& second_factors, const PasskeySupport& passkeys) {
  if (auto wrong = fault_of(in, passkeys)) co_return std::unexpected(std::move(*wrong));
  if (in.credential) {
    PasskeyProof proof{.challenge_id = *in.challenge_id, .credential = std::move(*in.credential)};
    auto proven = co_await unwrap(passkeys.prover->prove_own(call, std::move(proof)));
    co_return co_await units.run(call, &renew_by_passkey, std::move(proven), &sessions);
  }
  if (in.code)
    co_return co_await unwrap(units.run(call, &renew_by_code, std::move(*in.code), &sessions, &second_factors));
  Account account =
      co_await unwrap(check_own_password(call, std::move(*in.password), units.database(), passwords, guessing));
  co_return co_await units.run(call, &renew_by_password, std::move(account), &sessions);
}

}  // namespace ashlar::backend
