// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/jwt_keys/jwt_keys.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode no_public_keys{ErrorKind::not_found, "auth.no_public_keys"};
}  // namespace errors

// A public key as a JWK (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
struct PublicJwk {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string kty;
  std::string kid;
  std::string use;
  std::string alg;
  std::optional<std::string> crv;  // EC and OKP
  std::optional<std::string> x;
  std::optional<std::string> y;
  std::optional<std::string> n;  // RSA
  std::optional<std::string> e;
};
ASHLAR_DESCRIBE(PublicJwk, kty, kid, use, alg, crv, x, y, n, e)

struct PublicJwkSet {
  std::vector<PublicJwk> keys;

  static PublicJwkSet example();
};
ASHLAR_DESCRIBE(PublicJwkSet, keys)

// The keys that access tokens are verified with, those that will sign soon among them. Error auth.no_public_keys with
// HS256.
Result<api::Bare<PublicJwkSet>> get_jwks(api::Call& call, const JwtKeys& keys);

}  // namespace ashlar::backend
