// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/signatures.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace ashlar::auth::detail {
namespace {

constexpr std::size_t hmac_bytes = 32;
constexpr std::size_t scalar_bytes = 32;  // of P-256
constexpr std::size_t fixed_signature_bytes = 64;
constexpr unsigned rsa_bits_generated = 3072;  // NIST SP 800-57: 128 bits of strength

// RFC 7518 section 3.4: r and s, each 32 bytes, where OpenSSL has ASN.1.
std::string to_raw(const std::string& asn1) {
  const unsigned char* at = bytes_of(asn1);
  const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(asn1.size())));
  if (!parsed) throw_openssl("d2i_ECDSA_SIG");
  std::string out(fixed_signature_bytes, '\0');
  if (BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), bytes_of(out), scalar_bytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), bytes_of(out) + scalar_bytes, scalar_bytes) < 0) {
    throw_openssl("BN_bn2binpad");
  }
  return out;
}

// Empty when it is not 64 bytes. Numbers out of range are refused by the verification.
std::string to_asn1(std::string_view raw) {
  if (raw.size() != fixed_signature_bytes) return {};
  BigNumber r(BN_bin2bn(bytes_of(raw), scalar_bytes, nullptr));
  BigNumber s(BN_bin2bn(bytes_of(raw) + scalar_bytes, scalar_bytes, nullptr));
  const EcdsaSignature signature(ECDSA_SIG_new());
  if (!r || !s || !signature || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release()), static_cast<void>(s.release());  // the signature's now
  std::array<unsigned char, 80> out{};
  unsigned char* end = out.data();
  const int size = i2d_ECDSA_SIG(signature.get(), &end);
  assert(size > 0 && static_cast<std::size_t>(size) <= out.size());
  return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(size)};
}

// Ed25519 hashes by itself.
const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::eddsa ? nullptr : EVP_sha256();
}

}  // namespace

HmacSha256::HmacSha256(std::string_view secret) {
  const Mac mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  keyed_.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  std::string digest = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
                               OSSL_PARAM_construct_end()};
  if (!keyed_ || EVP_MAC_init(keyed_.get(), bytes_of(secret), secret.size(), params) != 1) throw_openssl("HMAC");
}

std::string HmacSha256::sign(std::string_view text) const {
  const MacContext context(EVP_MAC_CTX_dup(keyed_.get()));
  std::string out(hmac_bytes, '\0');
  std::size_t size = 0;
  if (!context || EVP_MAC_update(context.get(), bytes_of(text), text.size()) != 1 ||
      EVP_MAC_final(context.get(), bytes_of(out), &size, out.size()) != 1 || size != out.size()) {
    throw_openssl("HMAC");
  }
  return out;
}

std::string sign_with(EVP_PKEY* key, SignatureAlgorithm algorithm, std::string_view text) {
  const DigestContext context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest_of(algorithm), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1) {
    throw_openssl("EVP_DigestSign");
  }
  std::string out(size, '\0');
  if (EVP_DigestSign(context.get(), bytes_of(out), &size, bytes_of(text), text.size()) != 1) {
    throw_openssl("EVP_DigestSign");
  }
  out.resize(size);
  return algorithm == SignatureAlgorithm::es256 ? to_raw(out) : out;
}

bool verify_with(EVP_PKEY* key, SignatureAlgorithm algorithm, std::string_view text, std::string_view signature) {
  std::string asn1;
  if (algorithm == SignatureAlgorithm::es256) {
    asn1 = to_asn1(signature);
    if (asn1.empty()) return false;
    signature = asn1;
  } else if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key))) {
    return false;
  }
  const DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm), nullptr, key) != 1) {
    throw_openssl("EVP_DigestVerifyInit");
  }
  const bool right =
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  if (!right) forget_openssl_errors();
  return right;
}

PKey generate_key(SignatureAlgorithm algorithm) {
  PKey out;
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
      out.reset(EVP_RSA_gen(rsa_bits_generated));
      break;
    case SignatureAlgorithm::es256:
      out.reset(EVP_EC_gen("P-256"));
      break;
    case SignatureAlgorithm::eddsa:
      out.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
      break;
    case SignatureAlgorithm::hs256:
      break;
  }
  if (!out) throw_openssl("key generation");
  return out;
}

}  // namespace ashlar::auth::detail
