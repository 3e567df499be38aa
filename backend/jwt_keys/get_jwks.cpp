// SPDX-License-Identifier: Apache-2.0
#include "backend/jwt_keys/get_jwks.hpp"

#include "ashlar/schema/json.hpp"

#include <utility>

namespace ashlar::backend {

// The key of RFC 8037 appendix A.2.
PublicJwkSet PublicJwkSet::example() {
  return {.keys = {{.kty = "OKP",
                    .kid = "kPrK_qmxVWaYVA9w",
                    .use = "sig",
                    .alg = "EdDSA",
                    .crv = "Ed25519",
                    .x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                    .y = std::nullopt,
                    .n = std::nullopt,
                    .e = std::nullopt}}};
}

Result<api::Bare<PublicJwkSet>> get_jwks(api::Call& /*call*/, const JwtKeys& keys) {
  const auto json = keys.jwks();
  if (!json) return fail(errors::no_public_keys, "Access tokens are signed with a secret: there is no public key.");
  auto set = schema::read_json<PublicJwkSet>(*json);
  if (!set) return std::unexpected(std::move(set.error()));
  return api::Bare<PublicJwkSet>{std::move(*set)};
}

}  // namespace ashlar::backend
