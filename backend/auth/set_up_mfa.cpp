// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/set_up_mfa.hpp"

#include "ashlar/auth/totp.hpp"

#include <stdexcept>

namespace ashlar::backend {

MfaSetup MfaSetup::example() {
  return {.secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
          .otpauth_url =
              "otpauth://totp/Ashlar:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Ashlar"
              "&algorithm=SHA1&digits=6&period=30",
          .qr_code = "data:image/png;base64,iVBORw0KGgo="};
}

namespace {

Task<Result<SecondFactors::Pending>> set_up(api::UnitOfWork& unit, Uuid user, const SecondFactors* second_factors) {
  return second_factors->set_up(unit, user);
}

}  // namespace

Task<Result<MfaSetup>> set_up_mfa(api::UserCall& call, api::Units& units, SecondFactors& second_factors) {
  const auto pending = co_await unwrap(units.run(call, &set_up, call.user().id, &second_factors));
  std::string url = auth::otpauth_url(second_factors.options().issuer, pending.email, pending.secret);
  auto qr_code = auth::qr_code_data_url(url);
  // An issuer of 64 bytes, twice, and an address with a local part of 64 make 900 bytes at most.
  if (!qr_code) throw std::logic_error("an otpauth URL does not fit in a QR code");
  co_return MfaSetup{
      .secret = auth::totp_secret_text(pending.secret), .otpauth_url = std::move(url), .qr_code = std::move(*qr_code)};
}

}  // namespace ashlar::backend
