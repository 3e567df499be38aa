// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/cose_key.hpp"

#include "ashlar/auth/detail/cbor.hpp"
#include "ashlar/auth/detail/jwk.hpp"
#include "ashlar/core/encoding.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>

namespace ashlar::auth::detail {
namespace {

using Kind = CborItem::Kind;

// RFC 9053 section 7.
constexpr std::int64_t type_okp = 1, type_ec2 = 2, type_rsa = 3;
constexpr std::int64_t member_type = 1, member_algorithm = 3;
constexpr std::int64_t member_curve = -1, member_x = -2, member_y = -3;  // OKP and EC2
constexpr std::int64_t member_modulus = -1, member_exponent = -2;        // RSA (RFC 8230 section 4)

struct KeyKind {
  CoseAlgorithm algorithm;
  std::int64_t type;
  std::int64_t curve;            // 0: it has none
  std::size_t coordinate_bytes;  // of EC2; of OKP the key's
  const char* group;             // OpenSSL's name
  const EVP_MD* (*digest)();     // null: the algorithm hashes by itself
};
constexpr std::array<KeyKind, 6> kinds{{
    {CoseAlgorithm::es256, type_ec2, 1, 32, "P-256", &EVP_sha256},
    {CoseAlgorithm::es384, type_ec2, 2, 48, "P-384", &EVP_sha384},
    {CoseAlgorithm::es512, type_ec2, 3, 66, "P-521", &EVP_sha512},
    {CoseAlgorithm::eddsa, type_okp, 6, 32, "ED25519", nullptr},
    {CoseAlgorithm::ed448, type_okp, 7, 57, "ED448", nullptr},
    {CoseAlgorithm::rs256, type_rsa, 0, 0, "RSA", &EVP_sha256},
}};

const KeyKind* kind_of(std::int64_t algorithm) {
  for (const KeyKind& kind : kinds)
    if (static_cast<std::int64_t>(kind.algorithm) == algorithm) return &kind;
  return nullptr;
}

std::unexpected<Error> malformed(const char* what) {
  return fail(errors::webauthn_malformed, std::string("The public key ") + what + ".");
}

// The members, each at most once.
struct Members {
  std::optional<std::int64_t> type, algorithm, curve;
  std::optional<std::string_view> first, x, y;  // `first`: the modulus, where a curve would be

  bool set(std::int64_t label, const CborItem& value) {
    if (value.kind == Kind::integer) {
      if (label == member_type) return once(type, value.integer);
      if (label == member_algorithm) return once(algorithm, value.integer);
      return label == member_curve && once(curve, value.integer);
    }
    if (value.kind != Kind::bytes) return false;
    if (label == member_modulus) return once(first, value.content);
    if (label == member_x) return once(x, value.content);
    return label == member_y && once(y, value.content);
  }

 private:
  template <class T>
  static bool once(std::optional<T>& member, T value) {
    if (member) return false;
    member = value;
    return true;
  }
};

std::string base64url(std::string_view bytes) { return to_base64url(std::as_bytes(std::span(bytes))); }

PKey import_point(const KeyKind& kind, std::string_view x, std::string_view y) {
  std::string point = '\x04' + std::string(x) + std::string(y);
  std::string group = kind.group;
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
                               OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
                               OSSL_PARAM_construct_end()};
  const PKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* out = nullptr;
  // OpenSSL takes the array as non-const and does not write to it.
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &out, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(params)) != 1) {
    return nullptr;
  }
  return PKey(out);
}

PKey import_key(const KeyKind& kind, const Members& members) {
  const bool on_curve = members.curve == kind.curve && members.x && members.x->size() == kind.coordinate_bytes;
  switch (kind.type) {
    case type_ec2:
      if (!on_curve || members.first || !members.y || members.y->size() != kind.coordinate_bytes) return nullptr;
      return import_point(kind, *members.x, *members.y);
    case type_okp:
      if (!on_curve || members.first || members.y) return nullptr;
      return PKey(
          EVP_PKEY_new_raw_public_key_ex(nullptr, kind.group, nullptr, bytes_of(*members.x), members.x->size()));
    default: {
      if (members.curve || !members.first || !members.x || members.y) return nullptr;  // x: the exponent
      Jwk jwk;
      jwk.n = base64url(*members.first);
      jwk.e = base64url(*members.x);
      return import_jwk(jwk, SignatureAlgorithm::rs256);
    }
  }
}

static_assert(member_x == member_exponent && member_curve == member_modulus);

}  // namespace

Result<CoseKey> read_cose_key(std::string_view bytes) {
  CborReader reader(bytes);
  const auto map = reader.next();
  if (!map || map->kind != Kind::map) return malformed("is not a CBOR map");
  Members members;
  for (std::size_t i = 0; i < map->size; ++i) {
    const auto label = reader.next();
    if (!label || label->kind != Kind::integer) return malformed("has a member without a label");
    const auto value = reader.next();
    if (!value) return malformed("is not CBOR");
    if (!members.set(label->integer, *value)) return malformed("has a member that is not known or not expected");
  }
  if (!members.type || !members.algorithm) return malformed("has no type or no algorithm");
  const KeyKind* kind = kind_of(*members.algorithm);
  if (kind == nullptr) return fail(errors::webauthn_refused, "The algorithm of the public key is not offered.");
  if (*members.type != kind->type) return malformed("is of a type that its algorithm does not have");
  PKey key = import_key(*kind, members);
  if (!key) {
    forget_openssl_errors();
    return malformed("is not valid");
  }
  return CoseKey{.algorithm = kind->algorithm, .key = std::move(key), .bytes = reader.position()};
}

bool verify_cose(const CoseKey& key, std::string_view text, std::string_view signature) {
  const KeyKind& kind = *kind_of(static_cast<std::int64_t>(key.algorithm));
  const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* digest = kind.digest == nullptr ? nullptr : kind.digest();
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.key.get()) != 1) {
    throw_openssl("EVP_DigestVerifyInit");
  }
  const bool right =
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  if (!right) forget_openssl_errors();
  return right;
}

}  // namespace ashlar::auth::detail
