// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/keys.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The claims of an ID token whose signature was verified (OpenID Connect Core 1.0 section 3.1.3.7).
namespace ashlar::oidc {

// The identity that the provider asserts. `subject` is unique within the issuer; an e-mail address is not an identity.
struct Claims {
  std::string subject;  // 1 to 255 characters of visible ASCII
  std::string email;    // empty: absent
  enum class EmailVerified : std::uint8_t { no, yes } email_verified = EmailVerified::no;  // no when absent
  std::string name;                             // empty: absent; neither checked nor truncated
  std::optional<Timestamp> authenticated_at{};  // auth_time; nullopt: absent
};

struct ExpectedToken {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view nonce;
  std::string_view access_token;       // issued together with the ID token; empty: none
  auth::SignatureAlgorithm algorithm;  // of the key that verified it
  Timestamp now;
  std::chrono::seconds clock_skew{30};
  std::chrono::seconds age_max{300};  // since iat
};

// Checks, in this order: the token is one JSON object without duplicate members; iss and nonce match exactly; aud is
// the client or an array that contains it; azp, if present, is the client, and is present when there are other
// audiences; exp has not passed; iat is neither in the future nor older than age_max; at_hash, if present, matches (the
// code flow may omit it, section 3.1.3.6); sub. Error auth.oauth_refused; the cause names the claim.
[[nodiscard]] Result<Claims> check_id_token(std::string_view payload, const ExpectedToken& expected);

// The claims of a UserInfo response (section 5.3.2), which must have this subject. Error auth.oauth_refused.
[[nodiscard]] Result<Claims> read_userinfo(std::string_view json, std::string_view subject);

}  // namespace ashlar::oidc
