// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/jwk.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace ashlar::auth::detail {
namespace {

constexpr int rsa_bits_min = 2048;  // RFC 7518 section 3.3
constexpr int rsa_bits_max = 8192;  // the time of a verification grows with its square
constexpr std::size_t curve_bytes = 32;
constexpr const char* curve = "P-256";

std::string encoded(std::string_view bytes) { return to_base64url(std::as_bytes(std::span(bytes))); }

// RFC 7518 section 2, Base64urlUInt: big-endian, without leading zero bytes (zero itself is none of a key's numbers).
BigNumber read_number(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  const auto bytes = from_base64url(*text);
  if (!bytes || bytes->empty() || bytes->front() == '\0' || bytes->size() > rsa_bits_max / 8) return nullptr;
  return BigNumber(BN_bin2bn(bytes_of(*bytes), static_cast<int>(bytes->size()), nullptr));
}

// A text of exactly 32 bytes: a coordinate, a scalar, an Ed25519 key.
std::optional<std::string> read_fixed(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  auto bytes = from_base64url(*text);
  if (!bytes || bytes->size() != curve_bytes) return std::nullopt;
  return bytes;
}

std::string number_text(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, bytes_of(bytes));
  std::string out = encoded(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return out;
}

PKey from_params(const char* type, OSSL_PARAM_BLD* builder, Key::Part part) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const PKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* out = nullptr;
  const int selection = part == Key::Part::private_too ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &out, selection, params.get()) != 1) {
    forget_openssl_errors();
    return nullptr;
  }
  return PKey(out);
}

// Whether the modulus is of the library whose keys can be factored (ROCA, CVE-2017-15361): its primes are powers of
// 65537 modulo many small primes, and so is their product. Of other keys one in 2^27 looks like it.
bool is_roca(const BIGNUM* modulus) {
  for (const BN_ULONG prime :
       {3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}) {
    const BN_ULONG remainder = BN_mod_word(modulus, prime);
    BN_ULONG power = 1;
    bool is_power = false;
    do {
      is_power = is_power || power == remainder;
      power = power * 65537 % prime;
    } while (power != 1);
    if (!is_power) return false;
  }
  return true;
}

// RFC 7517 section 4.3: where the operations are listed, ours must be among them.
bool allows_signatures(const Jwk& jwk) {
  const auto has = [&jwk](std::string_view operation) {
    return std::ranges::find(*jwk.key_ops, operation) != jwk.key_ops->end();
  };
  return !jwk.key_ops || has("verify") || (has("sign") && (jwk.d || jwk.k));
}

// RFC 7518 section 6.3. A private key needs all of its factors: without them OpenSSL signs unprotected and slowly.
PKey import_rsa(const Jwk& jwk) {
  const BigNumber n = read_number(jwk.n), e = read_number(jwk.e);
  if (!n || !e || BN_num_bits(n.get()) < rsa_bits_min || BN_num_bits(n.get()) > rsa_bits_max || !BN_is_odd(e.get()) ||
      BN_is_one(e.get()) || BN_num_bits(e.get()) > 64 || is_roca(n.get())) {
    return nullptr;
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  if (!jwk.d) return from_params("RSA", builder.get(), Key::Part::public_only);
  const BigNumber secrets[] = {read_number(jwk.d),  read_number(jwk.p),  read_number(jwk.q),
                               read_number(jwk.dp), read_number(jwk.dq), read_number(jwk.qi)};
  const char* const names[] = {OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                               OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                               OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if (!secrets[i]) return nullptr;
    OSSL_PARAM_BLD_push_BN(builder.get(), names[i], secrets[i].get());
  }
  return from_params("RSA", builder.get(), Key::Part::private_too);
}

// RFC 7518 section 6.2: coordinates have the full length of the curve's field.
PKey import_ec(const Jwk& jwk) {
  const auto x = read_fixed(jwk.x), y = read_fixed(jwk.y);
  if (!x || !y) return nullptr;
  const std::string point = '\x04' + *x + *y;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  if (!jwk.d) return from_params("EC", builder.get(), Key::Part::public_only);
  const auto d = read_fixed(jwk.d);
  if (!d) return nullptr;
  const BigNumber scalar(BN_bin2bn(bytes_of(*d), static_cast<int>(d->size()), nullptr));
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get());
  return from_params("EC", builder.get(), Key::Part::private_too);
}

PKey import_ed25519(const Jwk& jwk) {
  const auto x = read_fixed(jwk.x);
  if (!x) return nullptr;
  if (!jwk.d) return PKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()));
  const auto d = read_fixed(jwk.d);
  if (!d) return nullptr;
  PKey out(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(*d), d->size()));
  std::string derived(curve_bytes, '\0');
  std::size_t size = derived.size();
  if (!out || EVP_PKEY_get_raw_public_key(out.get(), bytes_of(derived), &size) != 1 || derived != *x) return nullptr;
  return out;
}

std::string number_member(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw_openssl("EVP_PKEY_get_bn_param");
  return number_text(BigNumber(number).get());
}

std::string fixed_member(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw_openssl("EVP_PKEY_get_bn_param");
  const BigNumber owner(number);
  std::string bytes(curve_bytes, '\0');
  if (BN_bn2binpad(number, bytes_of(bytes), static_cast<int>(bytes.size())) < 0) throw_openssl("BN_bn2binpad");
  return encoded(bytes);
}

void export_ed25519(EVP_PKEY* key, Key::Part part, Jwk& out) {
  std::string bytes(curve_bytes, '\0');
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, bytes_of(bytes), &size) != 1) throw_openssl("EVP_PKEY_get_raw_public_key");
  out.x = encoded(bytes);
  if (part == Key::Part::public_only) return;
  if (EVP_PKEY_get_raw_private_key(key, bytes_of(bytes), &size) != 1) throw_openssl("EVP_PKEY_get_raw_private_key");
  out.d = encoded(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

void export_rsa(EVP_PKEY* key, Key::Part part, Jwk& out) {
  out.n = number_member(key, OSSL_PKEY_PARAM_RSA_N);
  out.e = number_member(key, OSSL_PKEY_PARAM_RSA_E);
  if (part == Key::Part::public_only) return;
  out.d = number_member(key, OSSL_PKEY_PARAM_RSA_D);
  out.p = number_member(key, OSSL_PKEY_PARAM_RSA_FACTOR1);
  out.q = number_member(key, OSSL_PKEY_PARAM_RSA_FACTOR2);
  out.dp = number_member(key, OSSL_PKEY_PARAM_RSA_EXPONENT1);
  out.dq = number_member(key, OSSL_PKEY_PARAM_RSA_EXPONENT2);
  out.qi = number_member(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
}

}  // namespace

std::optional<SignatureAlgorithm> algorithm_of(const Jwk& jwk) {
  if ((jwk.use && *jwk.use != "sig") || !allows_signatures(jwk)) return std::nullopt;
  std::optional<SignatureAlgorithm> out;
  if (jwk.kty == "oct") out = SignatureAlgorithm::hs256;
  if (jwk.kty == "RSA") out = SignatureAlgorithm::rs256;
  if (jwk.kty == "EC" && jwk.crv == curve) out = SignatureAlgorithm::es256;
  if (jwk.kty == "OKP" && jwk.crv == "Ed25519") out = SignatureAlgorithm::eddsa;
  if (!out || (jwk.alg && *jwk.alg != name_of(*out))) return std::nullopt;
  return out;
}

PKey import_jwk(const Jwk& jwk, SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      return import_rsa(jwk);
    case SignatureAlgorithm::es256:
      return import_ec(jwk);
    case SignatureAlgorithm::eddsa:
      return import_ed25519(jwk);
    case SignatureAlgorithm::hs256:
      break;
  }
  return nullptr;
}

Jwk export_jwk(EVP_PKEY* key, SignatureAlgorithm algorithm, Key::Part part) {
  Jwk out;
  out.use = "sig";
  out.alg = name_of(algorithm);
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      out.kty = "RSA";
      export_rsa(key, part, out);
      break;
    case SignatureAlgorithm::es256:
      out.kty = "EC";
      out.crv = curve;
      out.x = fixed_member(key, OSSL_PKEY_PARAM_EC_PUB_X);
      out.y = fixed_member(key, OSSL_PKEY_PARAM_EC_PUB_Y);
      if (part == Key::Part::private_too) out.d = fixed_member(key, OSSL_PKEY_PARAM_PRIV_KEY);
      break;
    case SignatureAlgorithm::eddsa:
      out.kty = "OKP";
      out.crv = "Ed25519";
      export_ed25519(key, part, out);
      break;
    case SignatureAlgorithm::hs256:
      break;
  }
  return out;
}

}  // namespace ashlar::auth::detail
