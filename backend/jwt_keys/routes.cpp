// SPDX-License-Identifier: Apache-2.0
#include "backend/jwt_keys/routes.hpp"

#include "backend/jwt_keys/get_jwks.hpp"

#include <chrono>

namespace ashlar::backend {

namespace {

// Shorter than the publish lead of `ashlar keys rotate`: a cache knows a key before it signs.
constexpr std::chrono::minutes cached_for{5};

}  // namespace

// clang-format off
void mount_jwt_keys(web::Routes& routes, const JwtKeys& keys) {
  routes.get("/.well-known/jwks.json", get_jwks, keys).open().cors({.origins = {"*"}}).cache(web::CacheControl::for_time(cached_for, web::CacheControl::Keeper::anyone))
      .name("getJwks").tag("Auth").summary("The public keys that verify access tokens (RFC 7517)").fails_with(errors::no_public_keys);
}
// clang-format on

}  // namespace ashlar::backend
