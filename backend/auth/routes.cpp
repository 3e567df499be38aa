// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/routes.hpp"

#include "backend/auth/change_email.hpp"
#include "backend/auth/change_password.hpp"
#include "backend/auth/confirm_email.hpp"
#include "backend/auth/delete_me.hpp"
#include "backend/auth/disable_mfa.hpp"
#include "backend/auth/enable_mfa.hpp"
#include "backend/auth/end_session.hpp"
#include "backend/auth/forgot_password.hpp"
#include "backend/auth/list_sessions.hpp"
#include "backend/auth/login.hpp"
#include "backend/auth/logout.hpp"
#include "backend/auth/logout_all.hpp"
#include "backend/auth/refresh.hpp"
#include "backend/auth/register.hpp"
#include "backend/auth/renew_recovery_codes.hpp"
#include "backend/auth/resend_verification.hpp"
#include "backend/auth/reset_password.hpp"
#include "backend/auth/session.hpp"
#include "backend/auth/set_up_mfa.hpp"
#include "backend/auth/step_up.hpp"
#include "backend/auth/verify_email.hpp"
#include "backend/auth/verify_mfa.hpp"
#include "backend/sign_in_age.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

// Bounds the guesses of a password or of a code that a stolen access token allows.
constexpr api::RateLimit guesses_of_account{
    .requests = 10, .window = std::chrono::minutes{1}, .by = api::RateLimit::By::account};

// A credential of a passkey repeats parts of itself.
constexpr std::size_t credential_bytes_max = 96 * 1024;

}  // namespace

// clang-format off
void mount_auth(web::Routes& routes, AuthServices services) {
  auto& [units, passwords, guessing, devices, sessions, second_factors, challenges, mails, hooks, passkeys] = services;
  routes.post("/api/auth/register", register_account, units, passwords, sessions, challenges, mails).open().limit(30, 1min).from_cookie("refreshToken", &Register::refresh_token)
      .name("register").tag("Auth").summary("Make an account and sign in").fails_with(errors::email_taken);
  routes.post("/api/auth/login", login, units, passwords, guessing, devices, sessions, second_factors).open().limit(30, 1min).from_cookie("deviceToken", &Login::device_token).from_cookie("refreshToken", &Login::refresh_token)
      .name("login").tag("Auth").summary("Sign in, or begin a sign-in that needs a second factor").fails_with(errors::invalid_credentials, errors::too_many_guesses);
  routes.post("/api/auth/refresh", refresh, sessions).open().limit(60, 1min).from_cookie("refreshToken", &Refresh::refresh_token)
      .name("refresh").tag("Auth").summary("Trade a refresh token for a new pair; the one before the newest may be sent again for a moment").fails_with(auth::errors::token_invalid, auth::errors::token_expired, auth::errors::token_revoked, errors::refresh_reused);
  routes.post("/api/auth/logout", logout, sessions).open().from_cookie("refreshToken", &Logout::refresh_token)
      .name("logout").tag("Auth").summary("End this session, by its access token or its refresh token").fails_with(auth::errors::not_signed_in, auth::errors::token_invalid, auth::errors::token_expired);
  routes.post("/api/auth/step-up", step_up, units, passwords, guessing, sessions, second_factors, passkeys).signed_in().limit(30, 1min).body_bytes_max(credential_bytes_max)
      .name("stepUp").tag("Auth").summary("Prove again who I am, for a while").fails_with(errors::invalid_credentials, errors::too_many_guesses, errors::invalid_code, errors::too_many_codes, errors::mfa_not_enabled, errors::challenge_invalid, auth::errors::webauthn_malformed, errors::passkey_refused);
  routes.post("/api/auth/logout-all", logout_all, units, sessions).signed_in()
      .name("logoutAll").tag("Auth").summary("End every session of mine");
  routes.get("/api/auth/sessions", list_sessions, units.database(), sessions).signed_in()
      .name("listSessions").tag("Auth").summary("My sessions");
  routes.remove("/api/auth/sessions/{id}", end_session, sessions).signed_in()
      .name("endSession").tag("Auth").summary("End one session of mine").fails_with(errors::session_not_found);
  routes.post("/api/auth/mfa/setup", set_up_mfa, units, second_factors).signed_in().limit(guesses_of_account)
      .name("setUpMfa").tag("Auth").summary("Make a secret for my authenticator app").fails_with(errors::mfa_enabled);
  routes.post("/api/auth/mfa/enable", enable_mfa, units, second_factors).signed_in().limit(guesses_of_account)
      .name("enableMfa").tag("Auth").summary("Turn my second factor on, by a code of the app").fails_with(errors::invalid_code, errors::mfa_not_set_up, errors::mfa_enabled);
  routes.post("/api/auth/mfa/disable", disable_mfa, units, passwords, guessing, second_factors).signed_in().fresh(sign_in_age_max).limit(guesses_of_account)
      .name("disableMfa").tag("Auth").summary("Turn my second factor off").fails_with(errors::invalid_credentials, errors::too_many_guesses, errors::invalid_code, errors::too_many_codes, errors::mfa_not_enabled);
  routes.post("/api/auth/mfa/recovery-codes", renew_recovery_codes, units, second_factors).signed_in().fresh(sign_in_age_max).limit(guesses_of_account)
      .name("renewRecoveryCodes").tag("Auth").summary("Replace my recovery codes").fails_with(errors::invalid_code, errors::too_many_codes, errors::mfa_not_enabled);
  routes.post("/api/auth/mfa/verify", verify_mfa, units, sessions, second_factors).open().limit(30, 1min)
      .name("verifyMfa").tag("Auth").summary("Complete a sign-in by a code of the app, or by a recovery code").fails_with(errors::invalid_code, errors::mfa_token_invalid, errors::too_many_codes, errors::mfa_not_enabled);
  routes.post("/api/auth/verify-email", verify_email, units, challenges).open().limit(30, 1min)
      .name("verifyEmail").tag("Auth").summary("Verify an e-mail address by the token that was mailed to it").fails_with(errors::challenge_invalid);
  routes.post("/api/auth/verify-email/resend", resend_verification, units, challenges, mails).signed_in().limit({.requests = 10, .window = 10min, .by = api::RateLimit::By::account})
      .name("resendVerification").tag("Auth").summary("Mail another token to verify my address").fails_with(errors::email_already_verified);
  routes.post("/api/auth/password/forgot", forgot_password, units, challenges, mails).open().limit(10, 10min)
      .name("forgotPassword").tag("Auth").summary("Mail a token that sets a new password; the answer is the same for an unknown address");
  routes.post("/api/auth/password/reset", reset_password, units, passwords, sessions, challenges, mails).open().limit(30, 1min)
      .name("resetPassword").tag("Auth").summary("Set a new password by a mailed token; ends all sessions").fails_with(errors::challenge_invalid);
  routes.post("/api/auth/password/change", change_password, units, passwords, guessing, sessions, mails).signed_in().limit(guesses_of_account)
      .name("changePassword").tag("Auth").summary("Change my password; ends my other sessions").fails_with(errors::invalid_credentials, errors::too_many_guesses);
  routes.post("/api/auth/email/change", change_email, units, passwords, guessing, challenges, mails).signed_in().fresh(sign_in_age_max).limit(guesses_of_account)
      .name("changeEmail").tag("Auth").summary("Ask for another e-mail address; both addresses get a token").fails_with(errors::invalid_credentials, errors::too_many_guesses);
  routes.post("/api/auth/email/confirm", confirm_email, units, challenges, mails, hooks).open().limit(30, 1min)
      .name("confirmEmail").tag("Auth").summary("Confirm an e-mail change by the token of one address; the second one changes it").fails_with(errors::challenge_invalid, errors::email_taken);
  routes.post("/api/users/me/delete", delete_me, units, passwords, guessing, hooks).signed_in().fresh(sign_in_age_max).limit(guesses_of_account)
      .name("deleteMe").tag("Users").summary("Remove my account, as deleteUser does").fails_with(errors::invalid_credentials, errors::too_many_guesses, errors::last_admin);
}
// clang-format on

}  // namespace ashlar::backend
