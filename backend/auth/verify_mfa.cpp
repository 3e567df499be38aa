// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/verify_mfa.hpp"

namespace ashlar::backend {

VerifyMfa VerifyMfa::example() {
  return {.mfa_token = Secret<Text<1, 4096>>::of("mfa_Yk3vQ0n5m8Zr1xT7uJ2cB6eL9pW4sD0aHqGfKiNoVbE"),
          .code = MfaCode::of("492039")};
}

namespace {

using Completed = SecondFactors::Checked<api::WithCredentials<SignedIn>>;

Task<Result<Completed>> complete(api::UnitOfWork& unit, VerifyMfa in, Sessions* sessions,
                                 const SecondFactors* second_factors) {
  auto checked =
      co_await unwrap(second_factors->complete_sign_in(unit, in.mfa_token.reveal().str(), std::move(in.code)));
  if (!checked) co_return Completed(std::unexpected(std::move(checked.error())));
  TokenPair pair = co_await unwrap(sessions->open(
      unit, {.user = checked->user, .amr = {"pwd", "otp"}, .credentials_version = checked->credentials_version}));
  co_return Completed(signed_in(unit.call(), std::move(checked->user), std::move(pair)));
}

}  // namespace

Task<Result<api::WithCredentials<SignedIn>>> verify_mfa(api::Call& call, VerifyMfa in, api::Units& units,
                                                        Sessions& sessions, SecondFactors& second_factors) {
  co_return co_await unwrap(units.run(call, &complete, std::move(in), &sessions, &second_factors));
}

}  // namespace ashlar::backend
