// SPDX-License-Identifier: Apache-2.0
// Signatures that are close to a right one. The kinds of cases are those of Project Wycheproof (C2SP/wycheproof,
// testvectors_v1/json_web_signature_test.json, ecdsa_secp256r1_sha256_p1363_test.json,
// rsa_signature_3072_sha256_test.json and ed25519_test.json); the signatures are made here.
#include "ashlar/auth/detail/jwk.hpp"
#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/auth/keys.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/schema/json.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::auth {
namespace {

using Case = std::pair<std::string, std::string>;  // what is wrong, and the bytes

constexpr std::string_view text = "eyJhbGciOiJSUzI1NiJ9.e30";

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

Key key_of(SignatureAlgorithm algorithm) {
  static SeededRandom random(11);
  return Key::generate(algorithm, random);
}
Key public_part(const Key& key) { return Key::parse_jwk(key.public_jwk().value()).value(); }

// RFC 8017 section 9.2: DigestInfo of SHA-256 is these 19 bytes and the digest.
const std::string digest_algorithm =
    bytes({0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00});
std::string digest() {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(detail::bytes_of(text), text.size(), detail::bytes_of(out));
  return out;
}
std::string element(int tag, const std::string& content) {
  return bytes({tag, static_cast<int>(content.size())}) + content;
}
std::string digest_info() { return element(0x30, digest_algorithm + element(0x04, digest())); }

class RsaForger {
 public:
  RsaForger() : key_(key_of(SignatureAlgorithm::rs256)), verifier_(public_part(key_)) {
    const auto jwk = schema::read_json<detail::Jwk>(key_.private_jwk());
    pair_ = detail::import_jwk(*jwk, SignatureAlgorithm::rs256);
    size_ = static_cast<std::size_t>(EVP_PKEY_get_size(pair_.get()));
    modulus_ = from_base64url(*jwk->n).value();
  }
  // 0x00 0x01 0xff... 0x00 and the content, as long as the modulus.
  [[nodiscard]] std::string padded(const std::string& content) const {
    return bytes({0, 1}) + std::string(size_ - 3 - content.size(), '\xff') + '\0' + content;
  }
  // The signature whose encoded message is this.
  [[nodiscard]] std::string sign(const std::string& message) const {
    const detail::PKeyContext context(EVP_PKEY_CTX_new(pair_.get(), nullptr));
    std::string out(size_, '\0');
    std::size_t size = out.size();
    EXPECT_EQ(EVP_PKEY_decrypt_init(context.get()), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING), 1);
    EXPECT_EQ(EVP_PKEY_decrypt(context.get(), detail::bytes_of(out), &size, detail::bytes_of(message), message.size()),
              1);
    return out;
  }
  [[nodiscard]] bool accepts(const std::string& signature) const { return verifier_.verify(text, signature); }
  [[nodiscard]] const std::string& modulus() const { return modulus_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Key& key() const { return key_; }

 private:
  const Key key_;
  const Key verifier_;
  detail::PKey pair_;
  std::size_t size_ = 0;
  std::string modulus_;
};

// Encodings of DigestInfo that BER allows and DER does not, and ones that are neither.
std::vector<Case> other_digest_infos() {
  const std::string algorithm = digest_algorithm, octets = element(0x04, digest());
  const std::string oid = algorithm.substr(2, 11);
  const auto with_algorithm = [&](const std::string& inner) { return element(0x30, inner + octets); };
  std::vector<Case> out = {
      {"no NULL parameter", with_algorithm(element(0x30, oid))},
      {"two NULL parameters", with_algorithm(element(0x30, oid + bytes({5, 0, 5, 0})))},
      {"a NULL with content", with_algorithm(element(0x30, oid + bytes({5, 1, 0})))},
      {"length of the sequence in long form", bytes({0x30, 0x81, 0x31}) + algorithm + octets},
      {"length of the sequence with a leading zero", bytes({0x30, 0x82, 0x00, 0x31}) + algorithm + octets},
      {"indefinite length", bytes({0x30, 0x80}) + algorithm + octets + bytes({0, 0})},
      {"length of the algorithm in long form", with_algorithm(bytes({0x30, 0x81, 0x0d}) + algorithm.substr(2))},
      {"length of the digest in long form", element(0x30, algorithm + bytes({0x04, 0x81, 0x20}) + digest())},
      {"the sequence a byte longer", bytes({0x30, 0x32}) + algorithm + octets},
      {"the sequence a byte shorter", bytes({0x30, 0x30}) + algorithm + octets},
      {"a length of 2^32 + 49", bytes({0x30, 0x85, 1, 0, 0, 0, 0x31}) + algorithm + octets},
      {"zeros appended within", element(0x30, algorithm + octets + bytes({0, 0}))},
      {"zeros prepended within", element(0x30, bytes({0, 0}) + algorithm + octets)},
      {"NULL appended within", element(0x30, algorithm + octets + bytes({5, 0}))},
      {"garbage appended behind", digest_info() + "garbage"},
      {"a sequence of the sequence", element(0x30, digest_info())},
      {"a set", element(0x31, algorithm + octets)},
      {"the digest twice", element(0x30, algorithm + octets + octets)},
      {"no digest", element(0x30, algorithm)},
      {"no algorithm", element(0x30, octets)},
      {"the digest alone", digest()},
      {"the digest one byte shorter", element(0x30, algorithm + element(0x04, digest().substr(1)))},
      {"the algorithm of SHA-1",
       element(0x30, element(0x30, element(0x06, bytes({0x2b, 0x0e, 0x03, 0x02, 0x1a})) + bytes({5, 0})) + octets)},
      {"nothing", ""}};
  for (std::size_t at = 0; at < digest_info().size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = digest_info();
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << static_cast<unsigned>(bit)));
      out.emplace_back("bit " + std::to_string(bit) + " of byte " + std::to_string(at), changed);
    }
  }
  return out;
}

TEST(SignatureForms, OfRsaAreExactlyPkcs1) {
  const RsaForger forger;
  ASSERT_TRUE(forger.accepts(forger.sign(forger.padded(digest_info())))) << "the forger itself is right";
  ASSERT_EQ(forger.sign(forger.padded(digest_info())), forger.key().sign(text));
  for (const auto& [what, info] : other_digest_infos())
    EXPECT_FALSE(forger.accepts(forger.sign(forger.padded(info)))) << what;

  const std::string right = forger.padded(digest_info());
  const auto replaced = [&right](std::size_t at, int value) {
    std::string out = right;
    out[at] = static_cast<char>(value);
    return out;
  };
  // Bleichenbacher's forgery of 2006: short padding, and garbage behind the digest.
  const std::string short_padding = bytes({0, 1}) + std::string(8, '\xff') + '\0' + digest_info();
  const std::size_t zero_at = right.size() - digest_info().size() - 1;
  for (const auto& [what, message] : std::vector<Case>{
           {"block type 0", replaced(1, 0)},
           {"block type 2", replaced(1, 2)},
           {"a leading 1", replaced(0, 1)},
           {"the first byte of the padding", replaced(2, 0xfe)},
           {"a zero within the padding", replaced(100, 0)},
           {"the last byte of the padding", replaced(zero_at - 1, 0xfe)},
           {"no zero behind the padding", replaced(zero_at, 0xff)},
           {"garbage behind a short padding", short_padding + std::string(forger.size() - short_padding.size(), 'x')},
           {"zeros behind a short padding", short_padding + std::string(forger.size() - short_padding.size(), '\0')},
           {"no padding", std::string(forger.size() - digest_info().size(), '\0') + digest_info()},
           {"all zeros", std::string(forger.size(), '\0')}})
    EXPECT_FALSE(forger.accepts(forger.sign(message))) << what;
}

TEST(SignatureForms, OfRsaAreAsLongAsTheModulusAndSmaller) {
  const RsaForger forger;
  const std::string right = forger.key().sign(text);
  const std::string& n = forger.modulus();
  std::string one(n.size(), '\0'), n_minus_1 = n, sum(n.size() + 1, '\0');
  one.back() = 1;
  n_minus_1.back() = static_cast<char>(n.back() - 1);  // n is odd
  unsigned carry = 0;
  for (std::size_t i = n.size(); i-- > 0;) {
    carry += static_cast<unsigned char>(n[i]) + static_cast<unsigned>(static_cast<unsigned char>(right[i]));
    sum[i + 1] = static_cast<char>(carry & 0xffU);
    carry >>= 8U;
  }
  sum[0] = static_cast<char>(carry);
  for (const auto& [what, signature] : std::vector<Case>{{"0", std::string(n.size(), '\0')},
                                                         {"1", one},
                                                         {"n - 1", n_minus_1},
                                                         {"n", n},
                                                         {"the right one and n", sum},
                                                         {"the same in the modulus' length", sum.substr(1)},
                                                         {"a zero before", '\0' + right},
                                                         {"a zero behind", right + '\0'},
                                                         {"a byte less", right.substr(0, right.size() - 1)},
                                                         {"without its first byte", right.substr(1)},
                                                         {"nothing", ""},
                                                         {"twice", right + right}})
    EXPECT_FALSE(forger.accepts(signature)) << what;
}

// n of P-256. CVE-2022-21449: r and s of zero.
TEST(SignatureForms, OfEcdsaAreTwoNumbersBelowTheOrder) {
  const Key key = key_of(SignatureAlgorithm::es256), verifier = public_part(key);
  const std::string right = key.sign(text);
  ASSERT_TRUE(verifier.verify(text, right));
  const std::string n = from_base64url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE").value();
  std::string one(32, '\0'), n_minus_1 = n, n_plus_1 = n;
  one.back() = 1;
  n_minus_1.back() = static_cast<char>(n.back() - 1);
  n_plus_1.back() = static_cast<char>(n.back() + 1);
  const std::vector<Case> edges = {{"0", std::string(32, '\0')}, {"1", one},
                                   {"n - 1", n_minus_1},         {"n", n},
                                   {"n + 1", n_plus_1},          {"2^256 - 1", std::string(32, '\xff')}};
  const std::string r = right.substr(0, 32), s = right.substr(32);
  for (const auto& [name_of_r, of_r] : edges) {
    EXPECT_FALSE(verifier.verify(text, of_r + s)) << "r is " << name_of_r;
    EXPECT_FALSE(verifier.verify(text, r + of_r)) << "s is " << name_of_r;
    for (const auto& [name_of_s, of_s] : edges)
      EXPECT_FALSE(verifier.verify(text, of_r + of_s)) << "r is " << name_of_r << ", s is " << name_of_s;
  }
  const std::string zero(1, '\0');
  for (const auto& [what, signature] : std::vector<Case>{{"a zero behind", right + zero},
                                                         {"a zero before", zero + right},
                                                         {"a zero before each", zero + r + zero + s},
                                                         {"zeros behind", right + std::string(64, '\0')},
                                                         {"r twice as long", std::string(32, '\0') + r + s},
                                                         {"a byte less", right.substr(0, 63)},
                                                         {"r alone", r},
                                                         {"nothing", ""}})
    EXPECT_FALSE(verifier.verify(text, signature)) << what;
  for (std::size_t at = 0; at < right.size(); ++at) {
    std::string changed = right;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(verifier.verify(text, changed)) << at;
  }
}

// RFC 8032 section 5.1.7: S below the order L, or each signature has several forms.
TEST(SignatureForms, OfEd25519AreCanonical) {
  const Key key = key_of(SignatureAlgorithm::eddsa), verifier = public_part(key);
  const std::string right = key.sign(text);
  ASSERT_TRUE(verifier.verify(text, right));
  const std::string order = from_base64url("7dP1XBpjEljWnPei3vneFAAAAAAAAAAAAAAAAAAAABA").value();
  const std::string r = right.substr(0, 32);
  std::string s_and_order = right.substr(32);
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(s_and_order[i]) + static_cast<unsigned>(static_cast<unsigned char>(order[i]));
    s_and_order[i] = static_cast<char>(carry & 0xffU);
    carry >>= 8U;
  }
  const std::string zero(32, '\0'), ones(32, '\xff');
  std::string identity(32, '\0');  // the neutral point
  identity[0] = 1;
  for (const auto& [what, signature] : std::vector<Case>{{"S + L", r + s_and_order},
                                                         {"S = 0", r + zero},
                                                         {"S = L", r + order},
                                                         {"S = 2^256 - 1", r + ones},
                                                         {"R = 0", zero + right.substr(32)},
                                                         {"R is the neutral point", identity + right.substr(32)},
                                                         {"R and S = 0", zero + zero},
                                                         {"the neutral point and S = 0", identity + zero},
                                                         {"R is no point", ones + right.substr(32)},
                                                         {"a zero behind", right + '\0'},
                                                         {"a byte less", right.substr(0, 63)},
                                                         {"R alone", r},
                                                         {"nothing", ""}})
    EXPECT_FALSE(verifier.verify(text, signature)) << what;
}

// RFC 7515 section 2: base64url without padding, white space or other characters, and with unused bits of zero.
TEST(SignatureForms, OfTheWholeTokenAreOne) {
  const Key key = key_of(SignatureAlgorithm::hs256);
  const KeySet keys(key);
  const Timestamp now = Timestamp::from_milliseconds(1'763'713'800'000);
  const std::string token = keys.sign("t", R"({"a":1})", now);
  ASSERT_TRUE(keys.verify(token, "t", now));
  const std::size_t first_dot = token.find('.'), second_dot = token.rfind('.');
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{5}, first_dot, first_dot + 1, second_dot, second_dot + 1, token.size()}) {
    for (const char* inserted : {" ", "\n", "\t", "=", "==", "+", "/", "%3D", ".", "\xc3\xa4", "-", "A"}) {
      std::string changed = token;
      changed.insert(at, inserted);
      EXPECT_FALSE(keys.verify(changed, now)) << '"' << inserted << "\" at " << at;
    }
    if (at == token.size()) continue;
    std::string shorter = token;
    shorter.erase(at, 1);
    EXPECT_FALSE(keys.verify(shorter, now)) << "without the character at " << at;
  }
  // 32 bytes end with two unused bits: of four spellings one is right.
  for (const char last : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
    std::string changed = token;
    if (std::exchange(changed.back(), last) == last) continue;
    EXPECT_FALSE(keys.verify(changed, now)) << last;
  }
  const std::string header = token.substr(0, first_dot),
                    payload = token.substr(first_dot + 1, second_dot - first_dot - 1),
                    signature = token.substr(second_dot + 1);
  for (const std::string& wrong :
       {header + "." + payload, header + "." + payload + ".", header + ".." + signature, header + "." + signature,
        "." + payload + "." + signature, payload + "." + signature, "." + payload + ".", std::string(".."),
        std::string(), token + ".", token + "." + signature,
        R"({"protected":")" + header + R"(","payload":")" + payload + R"(","signature":")" + signature + R"("})"})
    EXPECT_FALSE(keys.verify(wrong, now)) << wrong;
}

}  // namespace
}  // namespace ashlar::auth
