// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/renew_recovery_codes.hpp"

namespace ashlar::backend {

RenewRecoveryCodes RenewRecoveryCodes::example() { return {.code = MfaCode::of("492039")}; }

namespace {

using Renewed = SecondFactors::Checked<std::vector<std::string>>;

Task<Result<Renewed>> renew(api::UnitOfWork& unit, Uuid user, MfaCode code, const SecondFactors* second_factors) {
  return second_factors->renew_recovery_codes(unit, user, std::move(code));
}

}  // namespace

Task<Result<RecoveryCodes>> renew_recovery_codes(api::UserCall& call, RenewRecoveryCodes in, api::Units& units,
                                                 SecondFactors& second_factors) {
  Renewed renewed = co_await unwrap(units.run(call, &renew, call.user().id, std::move(in.code), &second_factors));
  co_return RecoveryCodes{co_await unwrap(std::move(renewed))};
}

}  // namespace ashlar::backend
