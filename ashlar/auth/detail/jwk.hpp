// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/keys.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/describe.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::auth::detail {

// The members of a JWK (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2) that this library reads and writes.
struct Jwk {
  static constexpr auto json_names = schema::JsonNames::as_written;
  std::string kty;
  std::optional<std::string> kid;
  std::optional<std::string> use;
  std::optional<std::vector<std::string>> key_ops;
  std::optional<std::string> alg;
  std::optional<std::string> crv;
  std::optional<std::string> x;
  std::optional<std::string> y;
  std::optional<std::string> n;
  std::optional<std::string> e;
  std::optional<std::string> d;
  std::optional<std::string> p;
  std::optional<std::string> q;
  std::optional<std::string> dp;
  std::optional<std::string> dq;
  std::optional<std::string> qi;
  std::optional<std::string> k;
};
ASHLAR_DESCRIBE(Jwk, kty, kid, use, key_ops, alg, crv, x, y, n, e, d, p, q, dp, dq, qi, k)

// The algorithm that the members pin; nullopt when they pin none of ours, or contradict each other.
[[nodiscard]] std::optional<SignatureAlgorithm> algorithm_of(const Jwk& jwk);

// The key of an asymmetric algorithm, checked as Key::parse_jwk documents. Null when it is refused.
[[nodiscard]] PKey import_jwk(const Jwk& jwk, SignatureAlgorithm algorithm);

// The members of `key`, which is of this algorithm. Throws std::runtime_error when OpenSSL fails.
[[nodiscard]] Jwk export_jwk(EVP_PKEY* key, SignatureAlgorithm algorithm, Key::Part part);

}  // namespace ashlar::auth::detail
