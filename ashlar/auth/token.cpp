// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/token.hpp"

#include "ashlar/auth/detail/token_keys.hpp"
#include "ashlar/auth/detail/verified_tokens.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ashlar::auth {

// RFC 7519 section 4.1, RFC 9068 sections 2.2 and 2.2.1; times in whole seconds.
struct AccessTokenClaims {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string iss;
  std::string aud;
  Uuid sub;
  std::optional<Uuid> sid;
  std::string jti;
  std::int64_t iat = 0;
  std::int64_t nbf = 0;
  std::int64_t exp = 0;
  std::optional<std::string> email;
  std::optional<std::string> role;
  std::optional<std::vector<std::string>> permissions;
  std::optional<std::int64_t> auth_time;
  std::optional<std::vector<std::string>> amr;
};
ASHLAR_DESCRIBE(AccessTokenClaims, iss, aud, sub, sid, jti, iat, nbf, exp, email, role, permissions, auth_time, amr)

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
constexpr std::size_t token_bytes_min = 64;  // a signature alone has 43
constexpr std::size_t token_id_bytes_max = 64;

std::unexpected<Error> invalid() { return fail(errors::token_invalid, "The token is not valid."); }

bool is_seconds(std::int64_t value) { return value >= 0 && value <= Timestamp::milliseconds_max / 1000; }

template <class Claims>
bool is_sane(const Claims& claims, const TokenOptions& options) {
  return claims.iss == options.issuer && claims.aud == options.audience && !claims.sub.is_nil() &&
         !claims.jti.empty() && claims.jti.size() <= token_id_bytes_max && is_seconds(claims.iat) &&
         is_seconds(claims.nbf) && is_seconds(claims.exp);
}

template <class Claims>
struct Authentic {
  Claims claims;
  Timestamp key_ends;  // the key no longer verifies from then on
};

// The claims of a token whose signature, type, issuer and audience are right. Its times are not checked yet.
template <class Claims>
std::optional<Authentic<Claims>> claims_of(const KeySet& keys, std::string_view type, std::string_view token,
                                           const TokenOptions& options, Timestamp now) {
  if (token.size() < token_bytes_min || token.size() > options.token_bytes_max) return std::nullopt;
  const auto verified = keys.verify(token, now);
  if (!verified || verified->type != type) return std::nullopt;
  auto claims = schema::read_json<Claims>(verified->payload, {.unknown = schema::ReadOptions::Unknown::ignore});
  if (!claims || !is_sane(*claims, options)) return std::nullopt;
  constexpr Timestamp never = Timestamp::from_milliseconds(Timestamp::milliseconds_max);
  return Authentic<Claims>{std::move(*claims), verified->verifies_until.value_or(never)};
}

template <class Claims>
Timestamp not_before(const Claims& claims) {
  return Timestamp::from_milliseconds(std::max(claims.nbf, claims.iat) * 1000);
}

KeySet keys_of(const std::optional<KeySet>& given, const std::string& secret) {
  return given ? *given : KeySet(Key::from_secret(secret));
}

}  // namespace

struct Tokens::State {
  State(TokenOptions given, const Clock& the_clock, Random& the_random, const Revocations& the_revocations)
      : options(std::move(given)),
        clock(the_clock),
        random(the_random),
        revocations(the_revocations),
        keys(std::make_shared<const detail::TokenKeys>(keys_of(options.access_keys, options.access_secret),
                                                       keys_of(options.refresh_keys, options.refresh_secret), 0)),
        verified(options.verified_tokens_max) {}

  [[nodiscard]] std::shared_ptr<const detail::TokenKeys> current_keys() const {
    const std::shared_lock lock(keys_mutex);
    return keys;
  }

  [[nodiscard]] std::string make_token_id() const {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    return to_base64url(bytes);
  }

  template <class Claims>
  void fill_in(Claims& claims, std::string token_id, Timestamp issued_at, Timestamp expires_at) const {
    claims.iss = options.issuer;
    claims.aud = options.audience;
    claims.jti = std::move(token_id);
    claims.iat = claims.nbf = issued_at.seconds();
    claims.exp = expires_at.seconds();
  }

  template <class Claims>
  IssuedToken issue(const KeySet& its_keys, std::string_view type, const Claims& claims) const {
    std::string token = its_keys.sign(type, schema::to_json(claims), clock.now());
    if (token.size() > options.token_bytes_max)
      throw std::length_error("A token's claims do not fit in token_bytes_max.");
    return {std::move(token), claims.jti, Timestamp::from_milliseconds(claims.exp * 1000)};
  }

  [[nodiscard]] Result<> in_time(Timestamp not_before, Timestamp expires_at, Timestamp now) const {
    if (now + options.clock_skew < not_before) return invalid();
    if (now >= expires_at) return fail(errors::token_expired, "The token has expired.");
    return {};
  }

  [[nodiscard]] detail::VerifiedToken read_access(const KeySet& access_keys, std::string_view token,
                                                  Timestamp now) const;

  const TokenOptions options;
  const Clock& clock;
  Random& random;
  const Revocations& revocations;
  mutable std::shared_mutex keys_mutex;
  std::shared_ptr<const detail::TokenKeys> keys;  // under keys_mutex
  std::atomic<std::uint64_t> keys_number = 0;     // of `keys`, for the cache, which needs no lock then
  mutable detail::VerifiedTokens verified;
};

Tokens::Tokens(TokenOptions options, const Clock& clock, Random& random, const Revocations& revocations)
    : state_(std::make_unique<State>(std::move(options), clock, random, revocations)) {}
Tokens::~Tokens() = default;

std::string Tokens::new_token_id() { return state_->make_token_id(); }

IssuedToken Tokens::issue_access(const Principal& principal) {
  return issue_access(principal, state_->clock.now() + state_->options.access_lifetime);
}

IssuedToken Tokens::issue_access(const Principal& principal, Timestamp not_after) {
  AccessTokenClaims claims;
  const Timestamp now = state_->clock.now();
  state_->fill_in(claims, new_token_id(), now, std::min(not_after, now + state_->options.access_lifetime));
  claims.sub = principal.id;
  if (!principal.session.is_nil()) claims.sid = principal.session;
  if (!principal.email.empty()) claims.email = principal.email;
  if (!principal.role.empty()) claims.role = principal.role;
  if (!principal.permissions.empty()) claims.permissions = principal.permissions;
  if (principal.auth_time) claims.auth_time = principal.auth_time->seconds();
  if (!principal.amr.empty()) claims.amr = principal.amr;
  return state_->issue(state_->current_keys()->access, access_type, claims);
}

IssuedToken Tokens::issue_refresh(const Uuid& account, const Uuid& session) {
  const Timestamp now = state_->clock.now();
  return issue_refresh({.account = account,
                        .session = session,
                        .token_id = new_token_id(),
                        .expires_at = now + state_->options.refresh_lifetime},
                       now);
}

IssuedToken Tokens::issue_refresh(const RefreshClaims& wanted, Timestamp issued_at) {
  RefreshTokenClaims claims;
  state_->fill_in(claims, wanted.token_id, issued_at, wanted.expires_at);
  claims.sub = wanted.account;
  claims.sid = wanted.session;
  return state_->issue(state_->current_keys()->refresh, refresh_type, claims);
}

// The principal is null when it is not a valid access token.
detail::VerifiedToken Tokens::State::read_access(const KeySet& access_keys, std::string_view token,
                                                 Timestamp now) const {
  auto authentic = claims_of<AccessTokenClaims>(access_keys, access_type, token, options, now);
  if (!authentic) return {};
  AccessTokenClaims* const claims = &authentic->claims;
  if (claims->auth_time && !is_seconds(*claims->auth_time)) return {};
  auto principal = std::make_shared<Principal>();
  principal->id = claims->sub;
  principal->session = claims->sid.value_or(Uuid{});
  principal->token_id = std::move(claims->jti);
  principal->email = std::move(claims->email).value_or("");
  principal->role = std::move(claims->role).value_or("");
  principal->permissions = std::move(claims->permissions).value_or(std::vector<std::string>{});
  if (claims->auth_time) principal->auth_time = Timestamp::from_milliseconds(*claims->auth_time * 1000);
  principal->amr = std::move(claims->amr).value_or(std::vector<std::string>{});
  principal->expires_at = Timestamp::from_milliseconds(claims->exp * 1000);
  principal->claimed = authority_of_claims(*principal);
  return {principal, not_before(*claims), std::min(principal->expires_at, authentic->key_ends)};
}

Result<std::shared_ptr<const Principal>> Tokens::verify_access(std::string_view token) const {
  if (token.size() < token_bytes_min || token.size() > state_->options.token_bytes_max) return invalid();
  const Timestamp now = state_->clock.now();
  std::uint64_t keys_number = state_->keys_number.load(std::memory_order_acquire);
  detail::VerifiedToken found = state_->verified.find(token, keys_number);
  const bool was_kept = found.principal != nullptr;
  if (!was_kept) {
    const auto keys = state_->current_keys();
    keys_number = keys->number;
    found = state_->read_access(keys->access, token, now);
  }
  if (!found.principal) return invalid();
  if (auto timely = state_->in_time(found.not_before, found.expires_at, now); !timely) {
    return std::unexpected(std::move(timely.error()));
  }
  if (state_->revocations.is_revoked(found.principal->token_id, found.principal->session)) {
    return fail(errors::token_revoked, "The token has been revoked.");
  }
  if (!was_kept) state_->verified.keep(token, found, now, keys_number);
  return std::move(found.principal);
}

Result<std::shared_ptr<const Principal>> Tokens::verify_access_of_any_age(std::string_view token) const {
  if (token.size() < token_bytes_min || token.size() > state_->options.token_bytes_max) return invalid();
  const Timestamp now = state_->clock.now();
  auto found = state_->read_access(state_->current_keys()->access, token, now);
  if (!found.principal || now + state_->options.clock_skew < found.not_before) return invalid();
  return std::move(found.principal);
}

Result<RefreshClaims> Tokens::verify_refresh(std::string_view token) const {
  const Timestamp now = state_->clock.now();
  auto authentic =
      claims_of<RefreshTokenClaims>(state_->current_keys()->refresh, refresh_type, token, state_->options, now);
  if (!authentic || authentic->claims.sid.is_nil()) return invalid();
  RefreshTokenClaims* const claims = &authentic->claims;
  const Timestamp expires_at = Timestamp::from_milliseconds(claims->exp * 1000);
  if (auto timely = state_->in_time(not_before(*claims), expires_at, now); !timely) {
    return std::unexpected(std::move(timely.error()));
  }
  return RefreshClaims{claims->sub, claims->sid, std::move(claims->jti), expires_at};
}

void Tokens::set_keys(KeySet access_keys, KeySet refresh_keys) {
  const std::scoped_lock lock(state_->keys_mutex);
  auto next = std::make_shared<const detail::TokenKeys>(std::move(access_keys), std::move(refresh_keys),
                                                        state_->keys->number + 1);
  state_->keys = std::move(next);
  state_->keys_number.store(state_->keys->number, std::memory_order_release);
}

KeySet Tokens::access_keys() const { return state_->current_keys()->access; }
KeySet Tokens::refresh_keys() const { return state_->current_keys()->refresh; }

const TokenOptions& Tokens::options() const { return state_->options; }

}  // namespace ashlar::auth
