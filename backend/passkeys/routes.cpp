// SPDX-License-Identifier: Apache-2.0
#include "backend/passkeys/routes.hpp"

#include "backend/passkeys/add_passkey.hpp"
#include "backend/passkeys/begin_passkey.hpp"
#include "backend/passkeys/begin_passkey_login.hpp"
#include "backend/passkeys/list_passkeys.hpp"
#include "backend/passkeys/login_with_passkey.hpp"
#include "backend/passkeys/remove_passkey.hpp"
#include "backend/sign_in_age.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {
// toJSON() repeats parts of the attestation object, and members of a credential that are not known are ignored.
constexpr std::size_t credential_bytes_max = 96 * 1024;
}  // namespace

// clang-format off
void mount_passkeys(web::Routes& routes, api::Units& units, Passkeys& passkeys, Sessions& sessions, SecondFactors& second_factors) {
  using namespace auth::errors;
  routes.post("/api/auth/passkeys/options", begin_passkey, passkeys).signed_in().fresh(sign_in_age_max).limit(30, 1min)
      .name("beginPasskey").tag("Auth").summary("Options for a new passkey of mine");
  routes.post("/api/auth/passkeys", add_passkey, passkeys).signed_in().fresh(sign_in_age_max).limit(30, 1min).body_bytes_max(credential_bytes_max)
      .name("addPasskey").tag("Auth").summary("Add a passkey").fails_with(errors::challenge_invalid, webauthn_malformed, webauthn_refused, errors::passkey_taken, errors::passkeys_full);
  routes.get("/api/auth/passkeys", list_passkeys, units.database()).signed_in()
      .name("listPasskeys").tag("Auth").summary("My passkeys");
  routes.remove("/api/auth/passkeys/{id}", remove_passkey, passkeys).signed_in().fresh(sign_in_age_max)
      .name("removePasskey").tag("Auth").summary("Remove a passkey of mine").fails_with(errors::passkey_not_found, errors::last_sign_in_method);
  routes.post("/api/auth/passkeys/login/options", begin_passkey_login, passkeys).open().limit(30, 1min)
      .name("beginPasskeyLogin").tag("Auth").summary("Options to sign in with a passkey");
  routes.post("/api/auth/passkeys/login", login_with_passkey, units, passkeys, sessions, second_factors).open().limit(30, 1min).body_bytes_max(credential_bytes_max)
      .name("loginWithPasskey").tag("Auth").summary("Sign in with a passkey, or begin a sign-in that needs a second factor").fails_with(errors::challenge_invalid, webauthn_malformed, errors::passkey_refused);
}
// clang-format on

}  // namespace ashlar::backend
