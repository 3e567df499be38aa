// SPDX-License-Identifier: Apache-2.0
#pragma once

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

// Access and refresh tokens: JWTs (RFC 7519) signed with HS256 (RFC 7518 section 3.2). They cannot stand in for one
// another: each has a secret of its own, a `typ` of its own ("at+jwt", RFC 9068; "rt+jwt"), and is checked for both.
namespace ashlar::auth {

namespace errors {
inline constexpr ErrorCode not_signed_in{ErrorKind::unauthenticated, "auth.not_signed_in"};
inline constexpr ErrorCode token_invalid{ErrorKind::unauthenticated, "auth.token_invalid"};
inline constexpr ErrorCode token_expired{ErrorKind::unauthenticated, "auth.token_expired"};
inline constexpr ErrorCode token_revoked{ErrorKind::unauthenticated, "auth.token_revoked"};
inline constexpr ErrorCode forbidden{ErrorKind::forbidden, "auth.forbidden"};
}  // namespace errors

struct TokenOptions {
  std::string access_secret;   // at least 32 bytes
  std::string refresh_secret;  // at least 32 bytes, another than the access secret
  std::chrono::seconds access_lifetime{15 * 60};
  std::chrono::seconds refresh_lifetime{7 * 24 * 3600};
  std::string issuer = "ashlar";
  std::string audience = "ashlar-api";
  std::chrono::seconds clock_skew{5};        // allowed on nbf and iat, never on exp
  std::size_t token_bytes_max = 4096;        // longer ones are invalid unread
  std::size_t verified_tokens_max = 10'000;  // kept, so that a signature is checked once; 0 keeps none
};

// Whose access tokens are refused before they expire: by token id (jti) or by session. Looked at for each request, so
// it must not block. Implementations: MemoryRevocations (this process); later shared ones.
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
  std::string token_id;  // jti: which link of the session's chain this is
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
  // Throws std::invalid_argument for secrets that are too short or equal.
  Tokens(TokenOptions options, const Clock& clock, Random& random, const Revocations& revocations);
  ~Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // `principal`'s token_id and expires_at are made here. Throws std::length_error when it has more permissions than fit
  // in token_bytes_max.
  [[nodiscard]] IssuedToken issue_access(const Principal& principal);
  [[nodiscard]] IssuedToken issue_refresh(const Uuid& account, const Uuid& session);

  // Signature (or the cache of verified tokens), algorithm, type, issuer, audience, times, revocation. The principal
  // is shared with the cache and immutable. Errors: auth.token_invalid (never says why), auth.token_expired,
  // auth.token_revoked.
  [[nodiscard]] Result<std::shared_ptr<const Principal>> verify_access(std::string_view token) const;
  // The same, but for a token that has expired or was revoked as well: for ending its session, and nothing else. Error
  // auth.token_invalid.
  [[nodiscard]] Result<std::shared_ptr<const Principal>> verify_access_of_any_age(std::string_view token) const;
  [[nodiscard]] Result<RefreshClaims> verify_refresh(std::string_view token) const;

  [[nodiscard]] const TokenOptions& options() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::auth
