// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/enable_mfa.hpp"

namespace ashlar::backend {

EnableMfa EnableMfa::example() { return {.code = MfaCode::of("492039")}; }

RecoveryCodes RecoveryCodes::example() {
  return {.recovery_codes = {"7k2m9q-x4vt0c-3hn8pd-w6ryzb", "c1e5ga-0jwk7s-m9tq2x-4fvb8n"}};
}

namespace {

Task<Result<std::vector<std::string>>> enable(api::UnitOfWork& unit, Uuid user, MfaCode code,
                                              const SecondFactors* second_factors) {
  return second_factors->enable(unit, user, std::move(code));
}

}  // namespace

Task<Result<RecoveryCodes>> enable_mfa(api::UserCall& call, EnableMfa in, api::Units& units,
                                       SecondFactors& second_factors) {
  co_return RecoveryCodes{
      co_await unwrap(units.run(call, &enable, call.user().id, std::move(in.code), &second_factors))};
}

}  // namespace ashlar::backend
