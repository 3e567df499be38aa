// SPDX-License-Identifier: Apache-2.0
#include "ashlar/oidc/id_token.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/oidc/detail/provider_errors.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace ashlar::oidc {
namespace {

constexpr std::size_t members_max = 128;
constexpr std::size_t audiences_max = 32;
constexpr std::size_t subject_bytes_max = 255;   // OpenID Connect Core section 2
constexpr double seconds_max = 253'402'300'799;  // the last second of Timestamp

// A claim of a wrong type makes the whole document malformed.
struct ParsedClaims {
  std::string issuer, subject, authorized_party, nonce, access_token_hash, email, name;
  std::vector<std::string> audiences;
  std::optional<Timestamp> expires_at, issued_at, authenticated_at;
  bool email_verified = false;
};

bool read_text(const simdjson::dom::element& value, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  out = text;
  return true;
}

// NumericDate of RFC 7519 section 2: seconds, which may have a fraction.
bool read_time(const simdjson::dom::element& value, std::optional<Timestamp>& out) {
  double seconds = 0;
  if (value.get(seconds) != simdjson::SUCCESS || !std::isfinite(seconds) || seconds < 0 || seconds > seconds_max)
    return false;
  out = Timestamp::from_milliseconds(static_cast<std::int64_t>(seconds * 1000));
  return true;
}

// RFC 7519 section 4.1.3: one string, or an array of them.
bool read_audiences(const simdjson::dom::element& value, std::vector<std::string>& out) {
  simdjson::dom::array several;
  if (value.get(several) != simdjson::SUCCESS) return read_text(value, out.emplace_back());
  if (several.size() > audiences_max) return false;
  for (const simdjson::dom::element& one : several) {
    if (!read_text(one, out.emplace_back())) return false;
  }
  return true;
}

// A boolean; some providers send it as a string.
bool read_verified(const simdjson::dom::element& value, bool& out) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    out = text == "true";
    return true;
  }
  return value.get(out) == simdjson::SUCCESS;
}

bool read_claim(std::string_view name, const simdjson::dom::element& value, ParsedClaims& out) {
  if (name == "iss") return read_text(value, out.issuer);
  if (name == "sub") return read_text(value, out.subject);
  if (name == "azp") return read_text(value, out.authorized_party) && !out.authorized_party.empty();
  if (name == "nonce") return read_text(value, out.nonce);
  if (name == "at_hash") return read_text(value, out.access_token_hash) && !out.access_token_hash.empty();
  if (name == "aud") return read_audiences(value, out.audiences);
  if (name == "exp") return read_time(value, out.expires_at);
  if (name == "iat") return read_time(value, out.issued_at);
  if (name == "auth_time") return read_time(value, out.authenticated_at);
  if (value.is_null()) return true;  // an optional claim without a value
  if (name == "email") return read_text(value, out.email);
  if (name == "email_verified") return read_verified(value, out.email_verified);
  if (name == "name") return read_text(value, out.name);
  return true;
}

std::optional<ParsedClaims> parse_claims(std::string_view json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::object object;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string_view> names;
  ParsedClaims out;
  for (const auto& [name, value] : object) {
    if (names.size() == members_max || std::ranges::find(names, name) != names.end()) return std::nullopt;
    names.push_back(name);
    if (!read_claim(name, value, out)) return std::nullopt;
  }
  return out;
}

bool is_subject(std::string_view text) {
  return !text.empty() && text.size() <= subject_bytes_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// OpenID Connect Core section 3.1.3.6: the left half of the hash that the signature algorithm names. Ed25519 hashes
// with SHA-512 (RFC 8032 section 5.1).
std::string hash_of(std::string_view access_token, auth::SignatureAlgorithm algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const EVP_MD* const kind = algorithm == auth::SignatureAlgorithm::eddsa ? EVP_sha512() : EVP_sha256();
  if (EVP_Digest(access_token.data(), access_token.size(), digest.data(), &size, kind, nullptr) != 1) return {};
  return to_base64url(std::as_bytes(std::span(digest).first(size / 2)));
}

// The name of the invalid claim; null when all are valid.
const char* wrong_party(const ParsedClaims& claims, const ExpectedToken& expected) {
  if (claims.issuer != expected.issuer) return "iss";
  if (expected.nonce.empty() || !equal(claims.nonce, expected.nonce)) return "nonce";
  if (std::ranges::find(claims.audiences, expected.client_id) == claims.audiences.end()) return "aud";
  if (claims.audiences.size() > 1 && claims.authorized_party.empty()) return "azp";
  if (!claims.authorized_party.empty() && claims.authorized_party != expected.client_id) return "azp";
  return nullptr;
}

const char* wrong_time(const ParsedClaims& claims, const ExpectedToken& expected) {
  if (!claims.expires_at || *claims.expires_at + expected.clock_skew <= expected.now) return "exp";
  if (!claims.issued_at || *claims.issued_at > expected.now + expected.clock_skew) return "iat";
  if (*claims.issued_at + expected.age_max < expected.now) return "iat";
  return nullptr;
}

Claims claims_of(ParsedClaims parsed) {
  using Verified = Claims::EmailVerified;
  return {.subject = std::move(parsed.subject),
          .email = std::move(parsed.email),
          .email_verified = parsed.email_verified ? Verified::yes : Verified::no,
          .name = std::move(parsed.name),
          .authenticated_at = parsed.authenticated_at};
}

}  // namespace

Result<Claims> check_id_token(std::string_view payload, const ExpectedToken& expected) {
  auto claims = parse_claims(payload);
  if (!claims) return detail::refused("the ID token's claims are malformed");
  const char* wrong = wrong_party(*claims, expected);
  if (wrong == nullptr) wrong = wrong_time(*claims, expected);
  if (wrong == nullptr && !claims->access_token_hash.empty() &&
      !equal(claims->access_token_hash, hash_of(expected.access_token, expected.algorithm))) {
    wrong = "at_hash";
  }
  if (wrong == nullptr && !is_subject(claims->subject)) wrong = "sub";
  if (wrong != nullptr) return detail::refused("the ID token's " + std::string(wrong) + " is wrong or missing");
  return claims_of(std::move(*claims));
}

Result<Claims> read_userinfo(std::string_view json, std::string_view subject) {
  auto claims = parse_claims(json);
  if (!claims) return detail::refused("the UserInfo response is malformed");
  if (claims->subject != subject) return detail::refused("the UserInfo response is of another subject");
  return claims_of(std::move(*claims));
}

}  // namespace ashlar::oidc
