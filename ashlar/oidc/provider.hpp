// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/http/client/client.hpp"
#include "ashlar/oidc/errors.hpp"
#include "ashlar/oidc/id_token.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Sign-in with an OpenID Connect provider: the authorization code flow with PKCE (OpenID Connect Core 1.0 section 3.1,
// RFC 7636, RFC 9207, RFC 9700).
//
//   oidc::Provider provider({.name = "google", .issuer = "https://accounts.google.com", ...}, client, clock, random);
//   auto begun = co_await unwrap(provider.begin({}));  // send the browser to begun.url, keep begun.challenge
//
//   co_await unwrap(oidc::check_state(callback, challenge));
//   oidc::Claims claims = co_await unwrap(provider.finish(callback, challenge));
namespace ashlar::oidc {

struct ProviderOptions {
  std::string name;    // for the log: "google"
  std::string issuer;  // compared byte by byte with the provider's documents and tokens
  std::string client_id;
  std::string client_secret;
  std::string redirect_uri;  // our callback URL, as registered with the provider
  std::vector<std::string> scopes{"openid", "email", "profile"};

  std::chrono::milliseconds request_time_max{5'000};  // of one request to the provider
  std::size_t document_bytes_max = 262'144;           // of the discovery document, the JWKS and UserInfo
  std::size_t token_response_bytes_max = 65'536;
  std::chrono::seconds metadata_age_max{3'600};  // older: the discovery document is fetched again
  std::chrono::seconds keys_age_max{3'600};  // older: the JWKS is fetched again, so that removed keys become invalid
  std::chrono::seconds keys_refetch_interval{10};  // between two fetches caused by unknown keys
  std::chrono::seconds clock_skew{30};             // tolerated on exp and iat
  std::chrono::seconds id_token_age_max{300};      // since its iat
};

// Binds a sign-in to the browser that began it. Secret: keep it in a sealed cookie, for example. Valid for one
// callback.
struct Challenge {
  std::string state;
  std::string nonce;
  std::string verifier;  // PKCE
};

struct Begun {
  std::string url;  // of the authorization endpoint, with its query
  Challenge challenge;
};

struct BeginOptions {
  // Whether the provider must ask the user to sign in again: prompt=login and max_age=0. finish() then refuses an
  // answer without a recent auth_time.
  enum class Reauthentication : std::uint8_t { no, required } reauthentication = Reauthentication::no;
};

// The parameters of the callback (RFC 6749 section 4.1.2, RFC 9207 section 2); empty: absent.
struct Callback {
  std::string state;
  std::string code;
  std::string error;
  std::string issuer;
};

// Checks in constant time that the callback belongs to the challenge. Error auth.oauth_state_invalid.
[[nodiscard]] Result<> check_state(const Callback& callback, const Challenge& challenge);

// One provider. Safe from every loop of the client. The constructor's arguments outlive it.
//
// Requests go to the URLs that the operator configured and that the issuer names, whatever their addresses. They follow
// no redirect and are bounded in time and size. The discovery document and the JWKS are shared by all loops and fetched
// by one caller at a time. An ID token signed with an unknown key causes a new fetch of the JWKS, at most once in
// keys_refetch_interval, so a provider may rotate its key immediately before signing.
class Provider {
 public:
  Provider(ProviderOptions options, http::Client& client, const Clock& clock, Random& random);
  ~Provider();
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  [[nodiscard]] const ProviderOptions& options() const;

  // Starts a sign-in: state and nonce of 256 bits, and a PKCE verifier. Error auth.oauth_unavailable.
  [[nodiscard]] Task<Result<Begun>> begin(BeginOptions options = {});

  // Checks `iss`, exchanges the code, verifies the ID token, and requests UserInfo when the token has no e-mail
  // address. The caller has called check_state(), and passes each challenge at most once. Errors: auth.oauth_denied for
  // an error callback, auth.oauth_refused, auth.oauth_unavailable; the cause gives the reason.
  [[nodiscard]] Task<Result<Claims>> finish(Callback callback, Challenge challenge, BeginOptions begun_with = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::oidc
