// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/keys.hpp"
#include "ashlar/auth/principal.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Access and refresh tokens: JWTs (RFC 7519) signed with HS256, or with the key sets that are given (keys.hpp). An
// access token is never accepted as a refresh token or the other way round: each kind has its own keys and its own
// `typ`
// ("at+jwt", RFC 9068; "rt+jwt"), and both are checked.
namespace ashlar::auth {

namespace errors {
inline constexpr ErrorCode not_signed_in{ErrorKind::unauthenticated, "auth.not_signed_in"};
inline constexpr ErrorCode token_invalid{ErrorKind::unauthenticated, "auth.token_invalid"};
inline constexpr ErrorCode token_expired{ErrorKind::unauthenticated, "auth.token_expired"};
inline constexpr ErrorCode token_revoked{ErrorKind::unauthenticated, "auth.token_revoked"};
inline constexpr ErrorCode forbidden{ErrorKind::forbidden, "auth.forbidden"};
inline constexpr ErrorCode step_up_required{ErrorKind::unauthenticated, "auth.step_up_required"};  // RFC 9470
}  // namespace errors

struct TokenOptions {
  std::string access_secret;   // at least 32 bytes; unused when access_keys is set
  std::string refresh_secret;  // at least 32 bytes, different from the access secret; unused when refresh_keys is set
  std::chrono::seconds access_lifetime{15 * 60};
  std::chrono::seconds refresh_lifetime{7 * 24 * 3600};
  std::string issuer = "ashlar";
  std::string audience = "ashlar-api";
  std::chrono::seconds clock_skew{5};                 // tolerated on nbf and iat; exp is exact (RFC 7519 section 4.1.4)
  std::size_t token_bytes_max = 4096;                 // longer ones are invalid and are not decoded
  std::size_t verified_tokens_max = 10'000;           // cached, so that a signature is verified once; 0 caches none
  std::optional<KeySet> access_keys = std::nullopt;   // nullopt: one HS256 key without an id, access_secret
  std::optional<KeySet> refresh_keys = std::nullopt;  // nullopt: one HS256 key without an id, refresh_secret
};

// Which access tokens are refused before they expire: by token id (jti) or by session. Called for each request, so it
// must not block. Implementation: MemoryRevocations.
class Revocations {
 public:
  Revocations() = default;
  Revocations(const Revocations&) = delete;
  Revocations& operator=(const Revocations&) = delete;
  virtual ~Revocations() = default;

  [[nodiscard]] virtual bool is_revoked(std::string_view token_id, const Uuid& session) const = 0;
};

struct RefreshClaims {
  Uuid account;
  Uuid session;
  std::string token_id;  // jti
  Timestamp expires_at;
};

struct IssuedToken {
  std::string token;
  std::string token_id;
  Timestamp expires_at;
};

// Issues and verifies. Safe from any thread.
class Tokens {
 public:
  // Throws std::invalid_argument for a secret under 32 bytes, and when both kinds share a key.
  Tokens(TokenOptions options, const Clock& clock, Random& random, const Revocations& revocations);
  ~Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // Sets token_id and expires_at itself and ignores the principal's. Members that are empty have no claim, so a
  // principal of account, session and auth_time alone makes a token that carries no rights. Throws std::length_error
  // when the claims do not fit in token_bytes_max.
  [[nodiscard]] IssuedToken issue_access(const Principal& principal);
  // Expires at `not_after` where that is sooner than access_lifetime from now.
  [[nodiscard]] IssuedToken issue_access(const Principal& principal, Timestamp not_after);
  [[nodiscard]] IssuedToken issue_refresh(const Uuid& account, const Uuid& session);
  // With these claims, whole seconds of their times; for one that has to be issued again. Of the same claims the same
  // key makes the same token, unless its algorithm signs with random numbers (ES256).
  [[nodiscard]] IssuedToken issue_refresh(const RefreshClaims& claims, Timestamp issued_at);
  [[nodiscard]] std::string new_token_id();

  // Checks signature (or finds the token in the cache of verified ones), algorithm, type, issuer, audience, times and
  // revocation. The principal is shared with the cache and immutable. Errors: auth.token_invalid (never says why),
  // auth.token_expired, auth.token_revoked.
  [[nodiscard]] Result<std::shared_ptr<const Principal>> verify_access(std::string_view token) const;
  // The same, but for a token that has expired or was revoked as well: for ending its session, and nothing else. Error
  // auth.token_invalid.
  [[nodiscard]] Result<std::shared_ptr<const Principal>> verify_access_of_any_age(std::string_view token) const;
  [[nodiscard]] Result<RefreshClaims> verify_refresh(std::string_view token) const;

  // Replaces both key sets, for a rotation. A token that was verified by a key that is no longer there is refused from
  // the return of this call on; verifications that already run may still accept it. Throws std::invalid_argument when
  // the sets share a key; nothing is replaced then.
  void set_keys(KeySet access_keys, KeySet refresh_keys);
  [[nodiscard]] KeySet access_keys() const;
  [[nodiscard]] KeySet refresh_keys() const;

  // As given to the constructor; set_keys changes nothing in it.
  [[nodiscard]] const TokenOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::auth
