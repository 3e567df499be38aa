// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/token.hpp"

#include "ashlar/auth/detail/jws.hpp"
#include "ashlar/auth/detail/verified_tokens.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::auth {

// RFC 7519 section 4.1, RFC 9068 section 2.2; times in whole seconds.
struct AccessTokenClaims {
  std::string iss;
  std::string aud;
  Uuid sub;
  std::optional<Uuid> sid;
  std::string jti;
  std::int64_t iat = 0;
  std::int64_t nbf = 0;
  std::int64_t exp = 0;
  std::string email;
  std::string role;
  std::vector<std::string> permissions;
};
ASHLAR_DESCRIBE(AccessTokenClaims, iss, aud, sub, sid, jti, iat, nbf, exp, email, role, permissions)

struct RefreshTokenClaims {
  std::string iss;
  std::string aud;
  Uuid sub;
  Uuid sid;
  std::string jti;
  std::int64_t iat = 0;
  std::int64_t nbf = 0;
  std::int64_t exp = 0;
};
ASHLAR_DESCRIBE(RefreshTokenClaims, iss, aud, sub, sid, jti, iat, nbf, exp)

namespace {

constexpr std::string_view access_type = "at+jwt";
constexpr std::string_view refresh_type = "rt+jwt";
constexpr std::size_t secret_bytes_min = 32;  // RFC 7518 section 3.2: as long as the hash
constexpr std::size_t token_bytes_min = 64;   // a signature alone has 43
constexpr std::size_t token_id_bytes_max = 64;

std::unexpected<Error> invalid() { return fail(errors::token_invalid, "The token is not valid."); }

bool is_seconds(std::int64_t value) { return value >= 0 && value <= Timestamp::milliseconds_max / 1000; }

template <class Claims>
bool is_sane(const Claims& claims, const TokenOptions& options) {
  return claims.iss == options.issuer && claims.aud == options.audience && !claims.sub.is_nil() &&
         !claims.jti.empty() && claims.jti.size() <= token_id_bytes_max && is_seconds(claims.iat) &&
         is_seconds(claims.nbf) && is_seconds(claims.exp);
}

// Of what was signed by us: verified, but perhaps not now.
template <class Claims>
std::optional<Claims> claims_of(const detail::JwsKey& key, std::string_view type, std::string_view token,
                                const TokenOptions& options) {
  if (token.size() < token_bytes_min || token.size() > options.token_bytes_max) return std::nullopt;
  const auto payload = key.verify(type, token);
  if (!payload) return std::nullopt;
  auto claims = schema::read_json<Claims>(*payload, {.unknown = schema::ReadOptions::Unknown::ignore});
  if (!claims || !is_sane(*claims, options)) return std::nullopt;
  return std::move(*claims);
}

template <class Claims>
Timestamp not_before(const Claims& claims) {
  return Timestamp::from_milliseconds(std::max(claims.nbf, claims.iat) * 1000);
}

TokenOptions checked(TokenOptions options) {
  if (options.access_secret.size() < secret_bytes_min || options.refresh_secret.size() < secret_bytes_min) {
    throw std::invalid_argument("A token secret has at least 32 bytes.");
  }
  if (options.access_secret == options.refresh_secret) {
    throw std::invalid_argument("The secrets of access and refresh tokens must differ.");
  }
  return options;
}

}  // namespace

struct Tokens::State {
  State(TokenOptions given, const Clock& the_clock, Random& the_random, const Revocations& the_revocations)
      : options(checked(std::move(given))),
        clock(the_clock),
        random(the_random),
        revocations(the_revocations),
        access_key(options.access_secret),
        refresh_key(options.refresh_secret),
        verified(options.verified_tokens_max) {}

  [[nodiscard]] std::string make_token_id() const {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return to_base64url(bytes);
  }

  template <class Claims>
  void fill_in(Claims& claims, std::chrono::seconds lifetime) const {
    claims.iss = options.issuer;
    claims.aud = options.audience;
    claims.jti = make_token_id();
    claims.iat = claims.nbf = clock.now().seconds();
    claims.exp = claims.iat + lifetime.count();
  }

  template <class Claims>
  IssuedToken issue(const detail::JwsKey& key, std::string_view type, const Claims& claims) const {
    std::string token = key.sign(type, schema::to_json(claims));
    if (token.size() > options.token_bytes_max)
      throw std::length_error("A token's claims do not fit in token_bytes_max.");
    return {std::move(token), claims.jti, Timestamp::from_milliseconds(claims.exp * 1000)};
  }

  [[nodiscard]] Result<> in_time(Timestamp not_before, Timestamp expires_at, Timestamp now) const {
    if (now + options.clock_skew < not_before) return invalid();
    if (now >= expires_at) return fail(errors::token_expired, "The token has expired.");
    return {};
  }

  [[nodiscard]] detail::VerifiedToken read_access(std::string_view token) const;

  const TokenOptions options;
  const Clock& clock;
  Random& random;
  const Revocations& revocations;
  const detail::JwsKey access_key;
  const detail::JwsKey refresh_key;
  mutable detail::VerifiedTokens verified;
};

Tokens::Tokens(TokenOptions options, const Clock& clock, Random& random, const Revocations& revocations)
    : state_(std::make_unique<State>(std::move(options), clock, random, revocations)) {}
Tokens::~Tokens() = default;

IssuedToken Tokens::issue_access(const Principal& principal) {
  AccessTokenClaims claims;
  state_->fill_in(claims, state_->options.access_lifetime);
  claims.sub = principal.id;
  if (!principal.session.is_nil()) claims.sid = principal.session;
  claims.email = principal.email;
  claims.role = principal.role;
  claims.permissions = principal.permissions;
  return state_->issue(state_->access_key, access_type, claims);
}

IssuedToken Tokens::issue_refresh(const Uuid& account, const Uuid& session) {
  RefreshTokenClaims claims;
  state_->fill_in(claims, state_->options.refresh_lifetime);
  claims.sub = account;
  claims.sid = session;
  return state_->issue(state_->refresh_key, refresh_type, claims);
}

// The principal is null when it is not an access token of ours.
detail::VerifiedToken Tokens::State::read_access(std::string_view token) const {
  auto claims = claims_of<AccessTokenClaims>(access_key, access_type, token, options);
  if (!claims) return {};
  auto principal = std::make_shared<Principal>();
  principal->id = claims->sub;
  principal->session = claims->sid.value_or(Uuid{});
  principal->token_id = std::move(claims->jti);
  principal->email = std::move(claims->email);
  principal->role = std::move(claims->role);
  principal->permissions = std::move(claims->permissions);
  principal->expires_at = Timestamp::from_milliseconds(claims->exp * 1000);
  return {principal, not_before(*claims), principal->expires_at};
}

Result<std::shared_ptr<const Principal>> Tokens::verify_access(std::string_view token) const {
  if (token.size() < token_bytes_min || token.size() > state_->options.token_bytes_max) return invalid();
  const Timestamp now = state_->clock.now();
  detail::VerifiedToken found = state_->verified.find(token);
  const bool was_kept = found.principal != nullptr;
  if (!was_kept) found = state_->read_access(token);
  if (!found.principal) return invalid();
  if (auto timely = state_->in_time(found.not_before, found.expires_at, now); !timely) {
    return std::unexpected(std::move(timely.error()));
  }
  if (state_->revocations.is_revoked(found.principal->token_id, found.principal->session)) {
    return fail(errors::token_revoked, "The token has been revoked.");
  }
  if (!was_kept) state_->verified.keep(token, found, now);
  return std::move(found.principal);
}

Result<std::shared_ptr<const Principal>> Tokens::verify_access_of_any_age(std::string_view token) const {
  auto found = state_->read_access(token);
  if (!found.principal || state_->clock.now() + state_->options.clock_skew < found.not_before) return invalid();
  return std::move(found.principal);
}

Result<RefreshClaims> Tokens::verify_refresh(std::string_view token) const {
  auto claims = claims_of<RefreshTokenClaims>(state_->refresh_key, refresh_type, token, state_->options);
  if (!claims || claims->sid.is_nil()) return invalid();
  const Timestamp expires_at = Timestamp::from_milliseconds(claims->exp * 1000);
  if (auto timely = state_->in_time(not_before(*claims), expires_at, state_->clock.now()); !timely) {
    return std::unexpected(std::move(timely.error()));
  }
  return RefreshClaims{claims->sub, claims->sid, std::move(claims->jti), expires_at};
}

const TokenOptions& Tokens::options() const { return state_->options; }

}  // namespace ashlar::auth
