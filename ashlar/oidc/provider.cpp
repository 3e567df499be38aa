// SPDX-License-Identifier: Apache-2.0
#include "ashlar/oidc/provider.hpp"

#include "ashlar/auth/keys.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/oidc/detail/provider_errors.hpp"
#include "ashlar/oidc/detail/requests.hpp"
#include "ashlar/oidc/detail/shared_document.hpp"
#include "ashlar/oidc/provider_metadata.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <span>
#include <stdexcept>
#include <utility>

namespace ashlar::oidc {

namespace {

using detail::SharedDocument;
using Metadata = SharedDocument<ProviderMetadata>;
using Keys = SharedDocument<auth::KeySet>;
using Reauthentication = BeginOptions::Reauthentication;

constexpr std::size_t secret_bytes = 32;

std::string new_secret(Random& random) {
  std::array<std::byte, secret_bytes> bytes{};
  random.fill(bytes);
  return to_base64url(bytes);
}

// RFC 7636 section 4.2.
std::string s256(std::string_view verifier) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  if (EVP_Digest(verifier.data(), verifier.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("EVP_Digest failed");
  return to_base64url(std::as_bytes(std::span(digest)));
}

std::string joined(const std::vector<std::string>& scopes) {
  std::string out;
  for (const std::string& scope : scopes) out.append(out.empty() ? "" : " ").append(scope);
  return out;
}

Task<Result<ProviderMetadata>> fetch_metadata(http::Client& client, const ProviderOptions& options) {
  const std::string json = co_await unwrap(detail::fetch_document(client, options, metadata_url(options.issuer)));
  co_return parse_provider_metadata(json, options.issuer);
}

Task<Result<auth::KeySet>> fetch_keys(http::Client& client, const ProviderOptions& options, std::string url) {
  const std::string json = co_await unwrap(detail::fetch_document(client, options, std::move(url)));
  auto keys = auth::KeySet::parse_jwks(json);
  if (!keys) co_return detail::unavailable("the JWKS has no usable key: " + keys.error().message());
  co_return std::move(*keys);
}

// A callback of another issuer must not send its code to this one (mix-up, RFC 9207 section 2.4).
Result<> check_issuer(const Callback& callback, const ProviderMetadata& metadata) {
  const bool required = metadata.callback_issuer == ProviderMetadata::CallbackIssuer::required;
  if (callback.issuer.empty() && !required) return {};
  if (callback.issuer == metadata.issuer) return {};
  return detail::refused(callback.issuer.empty() ? "the callback has no iss" : "the callback's iss is another issuer");
}

// An error callback: what the user should do depends on whether the user declined.
Error callback_error(std::string_view error) {
  const std::string_view message =
      error == "access_denied" ? "The sign-in was cancelled at the provider. Start it again, or sign in another way."
                               : "The provider did not sign you in. Start again, or sign in another way.";
  return Error(errors::denied, std::string(message))
      .with_cause("the callback's error is " + std::string(error.substr(0, 64)));
}

}  // namespace

struct Provider::State {
  ProviderOptions options;
  http::Client& client;
  const Clock& clock;
  Random& random;
  Metadata metadata{clock};
  Keys keys{clock};

  Task<Result<Metadata::Read>> read_metadata() {
    return metadata.get(clock.steady() - options.metadata_age_max, [this] { return fetch_metadata(client, options); });
  }
  Task<Result<Keys::Read>> read_keys(Clock::Steady not_before, std::string url) {
    return keys.get(not_before,
                    [this, url = std::move(url)]() mutable { return fetch_keys(client, options, std::move(url)); });
  }
  Task<Result<auth::KeySet::Verified>> verify(std::string token, std::string jwks_uri);
  Task<Result<Claims>> with_userinfo(Claims claims, std::string url, std::string access_token);
};

Task<Result<auth::KeySet::Verified>> Provider::State::verify(std::string token, std::string jwks_uri) {
  const Clock::Steady now = clock.steady();
  auto read = co_await unwrap(read_keys(now - options.keys_age_max, jwks_uri));
  auto verified = read.value->verify(token, clock.now());
  const bool may_be_rotated = !verified && !read.value->has_key_of(token);
  if (may_be_rotated && now - read.fetched_at >= options.keys_refetch_interval) {
    read = co_await unwrap(read_keys(read.fetched_at + Clock::Steady::duration{1}, std::move(jwks_uri)));
    verified = read.value->verify(token, clock.now());
  }
  if (!verified) co_return detail::refused("the ID token's signature is not of a key of the provider");
  co_return std::move(*verified);
}

Task<Result<Claims>> Provider::State::with_userinfo(Claims claims, std::string url, std::string access_token) {
  if (!claims.email.empty() || url.empty() || access_token.empty()) co_return claims;
  const std::string json =
      co_await unwrap(detail::fetch_userinfo(client, options, std::move(url), std::move(access_token)));
  Claims more = co_await unwrap(read_userinfo(json, claims.subject));
  claims.email = std::move(more.email);
  claims.email_verified = more.email_verified;
  if (claims.name.empty()) claims.name = std::move(more.name);
  co_return claims;
}

Provider::Provider(ProviderOptions options, http::Client& client, const Clock& clock, Random& random)
    : state_(new State{.options = std::move(options), .client = client, .clock = clock, .random = random}) {}
Provider::~Provider() = default;

const ProviderOptions& Provider::options() const { return state_->options; }

Task<Result<Begun>> Provider::begin(BeginOptions options) {
  const auto metadata = co_await unwrap(state_->read_metadata());
  Begun out{.url = metadata.value->authorization_endpoint,
            .challenge = {.state = new_secret(state_->random),
                          .nonce = new_secret(state_->random),
                          .verifier = new_secret(state_->random)}};
  out.url += out.url.contains('?') ? '&' : '?';
  out.url += detail::form_of({{"response_type", "code"},
                              {"client_id", state_->options.client_id},
                              {"redirect_uri", state_->options.redirect_uri},
                              {"scope", joined(state_->options.scopes)},
                              {"state", out.challenge.state},
                              {"nonce", out.challenge.nonce},
                              {"code_challenge", s256(out.challenge.verifier)},
                              {"code_challenge_method", "S256"}});
  if (options.reauthentication == Reauthentication::required) out.url += "&prompt=login&max_age=0";
  co_return out;
}

Result<> check_state(const Callback& callback, const Challenge& challenge) {
  const bool same = !challenge.state.empty() && callback.state.size() == challenge.state.size() &&
                    CRYPTO_memcmp(callback.state.data(), challenge.state.data(), challenge.state.size()) == 0;
  if (same) return {};
  return fail(errors::state_invalid, "This sign-in has ended or began in another browser. Start it again.");
}

Task<Result<Claims>> Provider::finish(Callback callback, Challenge challenge, BeginOptions begun_with) {
  const ProviderOptions& options = state_->options;
  const auto metadata = (co_await unwrap(state_->read_metadata())).value;
  co_await unwrap(check_issuer(callback, *metadata));
  if (!callback.error.empty()) co_return std::unexpected(callback_error(callback.error));
  if (callback.code.empty()) co_return detail::refused("the callback has neither a code nor an error");
  auto tokens = co_await unwrap(
      detail::exchange_code(state_->client, options, metadata, std::move(callback.code), challenge.verifier));
  const auto verified = co_await unwrap(state_->verify(tokens.id_token, metadata->jwks_uri));
  const ExpectedToken expected{.issuer = options.issuer,
                               .client_id = options.client_id,
                               .nonce = challenge.nonce,
                               .access_token = tokens.access_token,
                               .algorithm = verified.key.algorithm(),
                               .now = state_->clock.now(),
                               .clock_skew = options.clock_skew,
                               .age_max = options.id_token_age_max};
  Claims claims = co_await unwrap(check_id_token(verified.payload, expected));
  const bool is_recent = claims.authenticated_at && *claims.authenticated_at + options.id_token_age_max >= expected.now;
  if (begun_with.reauthentication == Reauthentication::required && !is_recent)
    co_return detail::refused("the ID token's auth_time is missing or not recent");
  co_return co_await state_->with_userinfo(std::move(claims), metadata->userinfo_endpoint,
                                           std::move(tokens.access_token));
}

}  // namespace ashlar::oidc
