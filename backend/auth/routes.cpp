// SPDX-License-Identifier: Apache-2.0
#include "backend/auth/routes.hpp"

#include "backend/auth/end_session.hpp"
#include "backend/auth/list_sessions.hpp"
#include "backend/auth/login.hpp"
#include "backend/auth/logout.hpp"
#include "backend/auth/logout_all.hpp"
#include "backend/auth/refresh.hpp"
#include "backend/auth/register.hpp"
#include "backend/auth/session.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

// clang-format off
void mount_auth(web::Routes& routes, api::Units& units, auth::PasswordHasher& passwords, Sessions& sessions) {
  routes.post("/api/auth/register", register_account, units, passwords, sessions).open().limit(30, 1min)
      .name("register").tag("Auth").summary("Make an account and sign in").fails_with(errors::email_taken);
  routes.post("/api/auth/login", login, units, passwords, sessions).open().limit(30, 1min)
      .name("login").tag("Auth").summary("Sign in").fails_with(errors::invalid_credentials);
  routes.post("/api/auth/refresh", refresh, sessions).open().limit(60, 1min).from_cookie("refreshToken", &Refresh::refresh_token)
      .name("refresh").tag("Auth").summary("Trade a refresh token for a new pair").fails_with(auth::errors::token_invalid, auth::errors::token_expired, auth::errors::token_revoked, errors::refresh_reused);
  routes.post("/api/auth/logout", logout, sessions).open().from_cookie("refreshToken", &Logout::refresh_token)
      .name("logout").tag("Auth").summary("End this session, by its access token or its refresh token").fails_with(auth::errors::not_signed_in, auth::errors::token_invalid, auth::errors::token_expired);
  routes.post("/api/auth/logout-all", logout_all, units, sessions).signed_in()
      .name("logoutAll").tag("Auth").summary("End every session of mine");
  routes.get("/api/auth/sessions", list_sessions, units.database()).signed_in()
      .name("listSessions").tag("Auth").summary("My sessions");
  routes.remove("/api/auth/sessions/{id}", end_session, sessions).signed_in()
      .name("endSession").tag("Auth").summary("End one session of mine").fails_with(errors::session_not_found);
}
// clang-format on

}  // namespace ashlar::backend
