// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/secret_box.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/http/headers.hpp"
#include "ashlar/oidc/provider.hpp"
#include "ashlar/schema/describe.hpp"
#include "ashlar/web/cookie.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

// A sign-in between its start and its callback.
struct SignInFlow {
  Uuid id;
  std::string provider;
  std::string state;
  std::string nonce;
  std::string verifier;
  std::string return_to;             // empty: the callback answers itself
  bool reauthenticated = false;      // the provider was asked to authenticate the user again
  std::optional<Uuid> link_account;  // the account to link the identity to; nullopt: a sign-in
  std::optional<Uuid> link_session;  // the session that requested it
  Timestamp ends_at;

  [[nodiscard]] oidc::Challenge challenge() const { return {.state = state, .nonce = nonce, .verifier = verifier}; }
};
ASHLAR_DESCRIBE(SignInFlow, id, provider, state, nonce, verifier, return_to, reauthenticated, link_account,
                link_session, ends_at)

// Stores the sign-in of a browser in an encrypted cookie: SameSite=Lax, so that it is sent with the provider's
// redirect; `__Host-` and Secure if our pages use https. A second start replaces the first. Safe from every loop.
class FlowCookies {
 public:
  // `key` has 32 bytes and is the same for every instance.
  FlowCookies(std::string key, Random& random);

  enum class Page : std::uint8_t { http, https };  // how the browser reaches the server
  [[nodiscard]] web::Cookie make(const SignInFlow& flow, Page page, Timestamp now) const;
  [[nodiscard]] web::Cookie deleted(Page page) const;
  // nullopt: no cookie, an invalid one, or an expired one.
  [[nodiscard]] std::optional<SignInFlow> read(const http::RequestHeaders& headers, Page page, Timestamp now) const;

 private:
  auth::SecretBox box_;
};

}  // namespace ashlar::backend
