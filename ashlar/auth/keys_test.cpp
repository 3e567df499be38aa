// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/keys.hpp"

#include "ashlar/auth/detail/openssl.hpp"
#include "ashlar/core/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::auth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Timestamp now = Timestamp::from_milliseconds(1'763'713'800'000);
const std::string secret = "a secret of HMAC that has 32 bytes or more";

// RFC 7515 appendix A.3 and RFC 8037 appendix A: keys and signatures by others.
const std::string rfc7515_ec_key =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";
const std::string rfc7515_ec_token =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const std::string rfc8037_key = R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",)"
                                R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
const std::string rfc8037_token =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
const std::string rfc7515_hmac_key =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
const std::string rfc7515_hmac_token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

std::string encoded(std::string_view text) { return to_base64url(std::as_bytes(std::span(text))); }

std::string with_header(const Key& key, std::string_view header, std::string_view payload = "{}") {
  const std::string text = encoded(header) + "." + encoded(payload);
  return text + "." + encoded(key.sign(text));
}

// What an attacker signs with: any bytes as an HMAC secret, made with nothing of the library under test.
std::string hmac_by_hand(std::string_view header, std::string_view key) {
  const std::string text = encoded(header) + "." + encoded("{}");
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), out.data(), &size);
  return text + "." + to_base64url(std::as_bytes(std::span(out).first(size)));
}

Key public_part(const Key& key) { return Key::parse_jwk(key.public_jwk().value()).value(); }

// One key of each algorithm, made once: RSA takes a while.
const std::vector<Key>& keys() {
  static SeededRandom random(1);
  static const std::vector<Key> made{
      Key::generate(SignatureAlgorithm::hs256, random), Key::generate(SignatureAlgorithm::rs256, random),
      Key::generate(SignatureAlgorithm::es256, random), Key::generate(SignatureAlgorithm::eddsa, random)};
  return made;
}
const Key& hs() { return keys()[0]; }
const Key& rs() { return keys()[1]; }
const Key& es() { return keys()[2]; }
const Key& ed() { return keys()[3]; }

std::string header_of(const Key& key, std::string_view more = "") {
  return R"({"alg":")" + std::string(name_of(key.algorithm())) + R"(","typ":"t")" + std::string(more) + R"(,"kid":")" +
         key.id() + R"("})";
}

class AllOnes final : public Random {
 public:
  void fill(std::span<std::byte> out) override { std::ranges::fill(out, std::byte{0xFF}); }
};

TEST(KeyIds, AreNoOptionsOfACommand) {
  AllOnes random;
  EXPECT_EQ(Key::generate(SignatureAlgorithm::hs256, random).id(), "f_______________");
}

TEST(Keys, RefusesForgedHeaders) {
  for (const Key& key : keys()) {
    const KeySet set(key);
    const std::string alg = R"("alg":")" + std::string(name_of(key.algorithm())) + R"(")";
    ASSERT_TRUE(set.verify(with_header(key, header_of(key)), "t", now)) << alg;
    for (const std::string& header : std::vector<std::string>{
             R"({"alg":"none","typ":"t"})",
             R"({"alg":"NONE","typ":"t"})",
             R"({"alg":null,"typ":"t"})",
             R"({"alg":"","typ":"t"})",
             R"({"alg":["HS256","RS256","ES256","EdDSA"],"typ":"t"})",
             R"({"typ":"t"})",
             R"({"alg":"HS512","typ":"t"})",
             R"({"alg":"PS256","typ":"t"})",
             R"({"alg":"Ed25519","typ":"t"})",
             "{" + alg + R"(})",                              // no type
             "{" + alg + R"(,"typ":null})",                   //
             "{" + alg + R"(,"typ":""})",                     //
             "{" + alg + R"(,"typ":["t"]})",                  //
             "{" + alg + R"(,"typ":"T"})",                    //
             "{" + alg + R"(,"typ":"t","typ":"t"})",          // duplicates, even equal ones
             "{" + alg + "," + alg + R"(,"typ":"t"})",        //
             "{" + alg + R"(,"\u0061lg":"none","typ":"t"})",  // the same name, escaped
             "{" + alg + R"(,"typ":"t","x":1,"x":1})",        //
             "{" + alg + R"(,"typ":"t","kid":"other"})",      //
             "{" + alg + R"(,"typ":"t","kid":""})",           //
             "{" + alg + R"(,"typ":"t","kid":null})",         //
             "{" + alg + R"(,"typ":"t","kid":1})",            //
             "{" + alg + R"(,"typ":"t"} )" + "x",             // trailing data
             "{" + alg + R"(,"typ":"t"}{})",                  //
             "[{" + alg + R"(,"typ":"t"}])",                  //
             "\xef\xbb\xbf{" + alg + R"(,"typ":"t"})",        // a byte order mark
             "{" + alg + ",\"typ\":\"t\",\"x\":\"\xff\"}",    // not UTF-8
             "{" + alg + R"(,"typ":"t",})",                   //
             "{'typ':'t'," + alg + "}",                       //
             "null",
             "{" + alg + R"(,"typ":"t","x":")" + std::string(1024, 'x') + R"("})",  // over the limit
         }) {
      EXPECT_FALSE(set.verify(with_header(key, header), "t", now)) << header;
    }
  }
}

// RFC 7515 section 4.1.11: a recipient that understands no extension refuses every crit, a malformed one included.
TEST(Keys, RefusesEveryCrit) {
  for (const Key& key : keys()) {
    for (const std::string_view crit :
         {R"(["exp"])", R"(["b64"])", R"([])", R"([""])", R"(["alg"])", R"(["x","x"])", R"([1])", R"("exp")", R"("")",
          "null", "true", "false", "0", "1", "{}", R"({"exp":1})"}) {
      const std::string header = header_of(key, R"(,"exp":1,"b64":true,"crit":)" + std::string(crit));
      EXPECT_FALSE(KeySet(key).verify(with_header(key, header), now)) << header;
    }
  }
}

TEST(Keys, RefusesAlgorithmConfusion) {
  // The public key as an HMAC secret, in the forms in which it is published, under each name.
  for (const Key& key : {rs(), es(), ed()}) {
    const std::string jwk = key.public_jwk().value();
    const std::size_t x = jwk.find(key.algorithm() == SignatureAlgorithm::rs256 ? R"("n":")" : R"("x":")") + 5;
    const std::string raw = from_base64url(jwk.substr(x, jwk.find('"', x) - x)).value();
    for (const Key& pinned : {key, public_part(key)}) {
      for (const std::string& as_secret : {jwk, raw, '\x04' + raw, std::string()}) {
        for (const std::string_view algorithm : {"HS256", "RS256", "ES256", "EdDSA", "none"}) {
          const std::string header =
              R"({"alg":")" + std::string(algorithm) + R"(","typ":"t","kid":")" + key.id() + R"("})";
          EXPECT_FALSE(KeySet(pinned).verify(hmac_by_hand(header, as_secret), "t", now)) << header;
        }
      }
    }
  }
  // A right signature under the name of another algorithm.
  for (const Key& key : keys()) {
    for (const Key& named : keys()) {
      if (key.algorithm() == named.algorithm()) continue;
      const std::string header = R"({"alg":")" + std::string(name_of(named.algorithm())) + R"(","typ":"t"})";
      EXPECT_FALSE(KeySet(key).verify(with_header(key, header), now)) << header;
    }
  }
}

TEST(Keys, IgnoresKeysThatTheTokenBrings) {
  SeededRandom random(7);
  const Key attacker = Key::generate(SignatureAlgorithm::es256, random);
  for (const std::string& more :
       {R"(,"jwk":)" + attacker.public_jwk().value(), std::string(R"(,"jku":"https://evil.example/jwks.json")"),
        std::string(R"(,"x5u":"https://evil.example/x.pem")"), std::string(R"(,"x5c":["MIIB"])"),
        std::string(R"(,"x5t":"AA")")}) {
    EXPECT_FALSE(KeySet(es()).verify(with_header(attacker, header_of(es(), more)), "t", now)) << more;
    EXPECT_TRUE(KeySet(es()).verify(with_header(es(), header_of(es(), more)), "t", now)) << more;  // and not a reason
  }
}

TEST(Keys, RefusesTokensOfAnotherShape) {
  for (const Key& key : keys()) {
    const KeySet set(key);
    const std::string good = with_header(key, header_of(key));
    const std::size_t first = good.find('.'), second = good.rfind('.');
    const std::string header = good.substr(0, first), body = good.substr(first + 1, second - first - 1),
                      signature = good.substr(second + 1);
    for (const std::string& token : std::vector<std::string>{
             "", ".", "..", "...", header, header + "." + body, header + "." + body + ".", header + ".." + signature,
             "." + body + "." + signature, good + ".", good + "." + signature, good + "=", " " + good, good + "\n",
             good + std::string(1, '\0'), header + "=." + body + "." + signature, header + "." + body + "." + body,
             header + "." + body + "." + std::string(signature.size(), 'A'),
             header + "." + body + "." + signature + "AAAA", header + "." + body + "." + signature.substr(4),
             header + "." + body + "." + signature.substr(0, signature.size() - 4),
             header + "." + encoded("{ }") + "." + signature,
             // RFC 7515 section 7.2: the JSON serialisation is not read.
             R"({"protected":")" + header + R"(","payload":")" + body + R"(","signature":")" + signature + R"("})"}) {
      EXPECT_FALSE(set.verify(token, "t", now)) << token;
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
      std::string changed = good;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(set.verify(changed, "t", now)) << i;
    }
    EXPECT_TRUE(set.verify(good, "t", now));
  }
}

// RFC 7518 section 3.4: r and s, not the ASN.1 that OpenSSL writes. CVE-2022-21449: not zeros, not the order.
TEST(Keys, RefusesEcdsaSignaturesInOtherForms) {
  const std::string text = "text", raw = es().sign(text);
  ASSERT_EQ(raw.size(), 64U);
  ASSERT_TRUE(es().verify(text, raw));
  const std::string order = from_base64url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE").value();  // of P-256
  const std::string zero(32, '\0'), r = raw.substr(0, 32), s = raw.substr(32);
  const auto integer = [](std::string number) {
    if (static_cast<unsigned char>(number[0]) >= 0x80) number.insert(0, 1, '\0');
    return std::string("\x02") + static_cast<char>(number.size()) + number;
  };
  const std::string inner = integer(r) + integer(s);
  for (const std::string& wrong :
       {std::string("\x30") + static_cast<char>(inner.size()) + inner, zero + zero, r + zero, zero + s, order + s,
        r + order, order + order, s + r, '\0' + raw, raw + '\0', r + std::string(1, '\0') + s, r, std::string()}) {
    EXPECT_FALSE(es().verify(text, wrong)) << wrong.size();
  }
}

TEST(Keys, RefusesJwksThatAreWeakOrMalformed) {
  SeededRandom random(3);
  const auto members = [](const Key& key) { return key.private_jwk(); };
  const auto replaced = [](std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what << " in " << text;
    return text.replace(at, what.size(), by);
  };
  const Key other_rs = Key::parse_jwk(rs().public_jwk().value()).value();
  const std::string other_es = Key::generate(SignatureAlgorithm::es256, random).private_jwk();
  const std::string other_d = other_es.substr(other_es.find(R"("d":")"), 49);
  const std::string es_jwk = members(es()), es_d = es_jwk.substr(es_jwk.find(R"("d":")"), 49);
  const std::string rs_public = rs().public_jwk().value();
  const std::size_t n = rs_public.find(R"("n":")") + 5;
  const std::string modulus = rs_public.substr(n, rs_public.find('"', n) - n);
  for (const std::string& jwk : std::vector<std::string>{
           "",
           "null",
           "[]",
           "{}",
           R"({"kty":null})",
           R"({"kty":"oct"})",
           R"({"kty":"oct","k":"AAAA"})",
           R"({"kty":"oct","k":")" + std::string(42, 'A') + R"("})",
           R"({"kty":"oct","k":")" + std::string(43, 'A') + R"(="})",
           R"({"kty":"oct","alg":"HS512","k":")" + std::string(86, 'A') + R"("})",
           R"({"kty":"oct","alg":"none","k":")" + std::string(86, 'A') + R"("})",
           replaced(members(es()), R"("kty":"EC")", R"("kty":"RSA")"),
           replaced(members(es()), "P-256", "P-384"),
           replaced(members(es()), "P-256", "secp256k1"),
           replaced(members(es()), "ES256", "HS256"),
           replaced(members(es()), "ES256", "RS256"),
           replaced(members(es()), R"("use":"sig")", R"("use":"enc")"),
           replaced(members(es()), R"("x":")", R"("x":"A)"),
           replaced(members(es()), R"("y":")", R"("x":")"),
           replaced(es_jwk, es_d, other_d),  // another key's private part
           replaced(rfc8037_key, "nWGx", "nWGy"),
           replaced(rfc8037_key, R"("x":"11q)", R"("x":"12q)"),
           replaced(rfc8037_key, "Ed25519", "X25519"),
           R"({"kty":"EC","crv":"P-256","x":")" + std::string(42, 'A') + R"(E","y":")" + std::string(42, 'A') +
               R"(E"})",
           replaced(rs_public, modulus, modulus.substr(0, 168)),  // 1,008 bits
           replaced(rs_public, modulus, "AAAA" + modulus),        // leading zeros
           replaced(rs_public, modulus, modulus + modulus + modulus),
           replaced(rs_public, R"("e":"AQAB")", R"("e":"AQ")"),  // 1
           replaced(rs_public, R"("e":"AQAB")", R"("e":"Ag")"),  // 2
           replaced(rs_public, R"("e":"AQAB")", R"("e":")" + modulus + R"(")"),
           replaced(members(rs()), R"("dp":")", R"("xdp":")"),
           replaced(members(rs()), R"("q":")", R"("q":"A)"),
           members(es()) + "x",
           replaced(members(es()), R"("use":"sig")", R"("key_ops":[])"),
           replaced(members(es()), R"("use":"sig")", R"("key_ops":["encrypt"])"),
           replaced(es().public_jwk().value(), R"("use":"sig")", R"("key_ops":["sign"])"),
           replaced(members(hs()), R"("use":"sig")", R"("key_ops":["wrapKey"])"),
           R"({"kty":"EC","kid":")" + std::string(20'000, 'x') + R"("})",
       }) {
    const auto key = Key::parse_jwk(jwk);
    ASSERT_FALSE(key) << jwk;
    EXPECT_EQ(key.error().code(), errors::key_invalid);
    EXPECT_THAT(key.error().message(), Not(HasSubstr("AAA")));
  }
  EXPECT_THROW(static_cast<void>(Key::from_secret(std::string(31, 'x'))), std::invalid_argument);
}

// A modulus that is 1 modulo 3 * 5 * ... * 167 has the fingerprint of ROCA (1 is a power of 65537).
TEST(Keys, RefusesKeysThatRocaFactors) {
  const detail::BigNumber product(BN_new()), modulus(BN_new());
  BN_one(product.get());
  for (const BN_ULONG prime :
       {3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167}) {
    BN_mul_word(product.get(), prime);
  }
  BN_lshift(modulus.get(), product.get(), 2048 - BN_num_bits(product.get()));
  const auto jwk_of = [&modulus](BN_ULONG add) {
    const detail::BigNumber number(BN_dup(modulus.get()));
    BN_add_word(number.get(), add);
    std::string bytes(256, '\0');
    BN_bn2binpad(number.get(), detail::bytes_of(bytes), 256);
    return R"({"kty":"RSA","e":"AQAB","n":")" + encoded(bytes) + R"("})";
  };
  EXPECT_FALSE(Key::parse_jwk(jwk_of(1)));
  EXPECT_TRUE(Key::parse_jwk(jwk_of(3)));  // 0 modulo 3 is no power
}

TEST(Keys, ReadsKeysAndTokensOfTheRfcs) {
  for (const auto& [jwk, token] :
       {std::pair(rfc7515_hmac_key, rfc7515_hmac_token), std::pair(rfc7515_ec_key, rfc7515_ec_token),
        std::pair(rfc8037_key, rfc8037_token)}) {
    const auto key = Key::parse_jwk(jwk);
    ASSERT_TRUE(key) << jwk;
    EXPECT_TRUE(KeySet(*key).verify(token, now)) << token;
    EXPECT_EQ(Key::parse_jwk(key->private_jwk())->private_jwk(), key->private_jwk());
  }
  EXPECT_EQ(KeySet(Key::parse_jwk(rfc8037_key).value()).verify(rfc8037_token, now)->payload,
            "Example of Ed25519 signing");
  // Ed25519 is deterministic (RFC 8032), so the signature must be theirs.
  EXPECT_EQ(encoded(Key::parse_jwk(rfc8037_key)->sign(rfc8037_token.substr(0, rfc8037_token.rfind('.')))),
            rfc8037_token.substr(rfc8037_token.rfind('.') + 1));
}

TEST(Keys, PublishesPublicPartsOnly) {
  EXPECT_FALSE(hs().public_jwk());
  std::vector<KeySetEntry> entries;
  for (const Key& key : keys()) entries.push_back({key, now, std::nullopt});
  const KeySet set(entries);
  const std::string jwks = set.jwks(now);
  for (const std::string_view name : {R"("d":)", R"("p":)", R"("q":)", R"("dp":)", R"("dq":)", R"("qi":)", R"("k":)"}) {
    EXPECT_THAT(jwks, Not(HasSubstr(std::string(name))));
  }
  const auto others = KeySet::parse_jwks(jwks);
  ASSERT_TRUE(others);
  EXPECT_EQ(others->entries().size(), 3U);
  for (const Key& key : {rs(), es(), ed()}) {
    EXPECT_TRUE(others->verify(with_header(key, header_of(key)), "t", now));
    EXPECT_THROW(static_cast<void>(others->entries()[0].key.sign("x")), std::logic_error);
    EXPECT_THROW(static_cast<void>(others->entries()[0].key.private_jwk()), std::logic_error);
  }
  EXPECT_FALSE(others->verify(with_header(hs(), header_of(hs())), "t", now));
  EXPECT_EQ(KeySet(hs()).jwks(now), R"({"keys":[]})");
}

TEST(Keys, ReadsTheKeysOfAnotherIssuer) {
  const std::string good = es().public_jwk().value();
  for (const std::string& jwks : {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"keys":{}})"),
                                  std::string(R"({"keys":[]})"), R"({"keys":[)" + good + "," + good + "]}",
                                  R"({"keys":[)" + hs().private_jwk() + "]}",
                                  R"({"keys":[)" + es().private_jwk() + "]}", std::string(300 * 1024, ' ')}) {
    EXPECT_FALSE(KeySet::parse_jwks(jwks)) << jwks.substr(0, 200);
  }
  // Unknown kinds and members are skipped (RFC 7517 section 5).
  const auto set = KeySet::parse_jwks(R"({"x":1,"keys":[{"kty":"new","kid":"1"},{"kty":"RSA","use":"enc"},7,)" +
                                      good.substr(0, good.size() - 1) + R"(,"x5c":["MIIB"],"key_ops":["verify"]}]})");
  ASSERT_TRUE(set);
  EXPECT_EQ(set->entries().size(), 1U);
  EXPECT_TRUE(set->verify(with_header(es(), header_of(es())), "t", now));
}

TEST(Keys, KnowWhetherTheyHaveTheKeyThatATokenNames) {
  SystemRandom random;
  const Key key = Key::generate(SignatureAlgorithm::es256, random);
  const KeySet keys(key);
  const KeySet others(Key::generate(SignatureAlgorithm::es256, random));
  const std::string token = keys.sign("JWT", "{}", {});
  EXPECT_TRUE(keys.has_key_of(token));
  EXPECT_FALSE(others.has_key_of(token));
  EXPECT_FALSE(keys.has_key_of("no.token"));
  const std::string named = R"({"alg":"RS256","kid":")" + key.id() + "\"}";
  EXPECT_FALSE(keys.has_key_of(to_base64url(std::as_bytes(std::span(named))) + ".e30.AAAA")) << "another algorithm";
  const std::string nameless = R"({"alg":"ES256"})";
  EXPECT_FALSE(keys.has_key_of(to_base64url(std::as_bytes(std::span(nameless))) + ".e30.AAAA"));
}

TEST(Keys, WithoutKidCountsTheKeyWithoutAnIdOrTheOnlyOne) {
  SeededRandom random(5);
  const Key unnamed = Key::from_secret(secret), another = Key::generate(SignatureAlgorithm::hs256, random);
  const std::string header = R"({"alg":"HS256","typ":"t"})";
  EXPECT_TRUE(KeySet(hs()).verify(with_header(hs(), header), "t", now));
  const KeySet both({{hs(), now, std::nullopt}, {another, now, std::nullopt}});
  EXPECT_FALSE(both.verify(with_header(hs(), header), "t", now));
  EXPECT_FALSE(both.verify(with_header(another, header), "t", now));
  const KeySet with_unnamed({{hs(), now, std::nullopt}, {unnamed, now, std::nullopt}});
  EXPECT_TRUE(with_unnamed.verify(with_header(unnamed, header), "t", now));
  EXPECT_FALSE(with_unnamed.verify(with_header(hs(), header), "t", now));
  EXPECT_FALSE(with_unnamed.verify(with_header(unnamed, header_of(hs())), "t", now));  // another key's kid
}

TEST(Keys, RotatesWithAnOverlap) {
  SeededRandom random(9);
  const Key first = Key::generate(SignatureAlgorithm::es256, random);
  const Key second = Key::generate(SignatureAlgorithm::eddsa, random);
  const KeySet before({{first, now, std::nullopt}});
  const KeySet after = before.rotate(second, now, {.publish_lead = 60s, .token_lifetime_max = 900s});
  const auto signer = [&](Timestamp at) { return after.signing_entry(at)->key.id(); };
  EXPECT_THAT(after.jwks(now), HasSubstr(second.id()));  // published before it signs
  EXPECT_EQ(signer(now), first.id());
  EXPECT_EQ(signer(now + 60s - 1ms), first.id());
  EXPECT_EQ(signer(now + 60s), second.id());
  const std::string last = after.sign("t", "{}", now + 60s - 1ms), next = after.sign("t", "{}", now + 60s);
  EXPECT_TRUE(after.verify(last, "t", now + 960s - 1ms));
  EXPECT_FALSE(after.verify(last, "t", now + 960s));
  EXPECT_TRUE(after.verify(next, "t", now));  // an instance whose clock is behind
  EXPECT_TRUE(after.verify(next, "t", now + 960s));
  EXPECT_THAT(after.jwks(now + 960s), Not(HasSubstr(first.id())));
  EXPECT_FALSE(before.verify(next, "t", now));
  // The third rotation drops the first key.
  EXPECT_EQ(after.rotate(Key::generate(SignatureAlgorithm::hs256, random), now + 1000s).entries().size(), 2U);
  EXPECT_FALSE(after.remove(first.id()).verify(last, "t", now));
  EXPECT_THROW(static_cast<void>(before.remove(first.id())), std::invalid_argument);
}

TEST(Keys, RefusesSetsThatAreNone) {
  EXPECT_THROW(KeySet(std::vector<KeySetEntry>{}), std::invalid_argument);
  EXPECT_THROW(KeySet({{hs(), now, std::nullopt}, {hs(), now, std::nullopt}}), std::invalid_argument);
  EXPECT_THROW(KeySet(std::vector<KeySetEntry>(33, {hs(), now, std::nullopt})), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(KeySet(public_part(es())).sign("t", "{}", now)), std::logic_error);
  EXPECT_THROW(static_cast<void>(KeySet({{hs(), now + 1ms, std::nullopt}}).sign("t", "{}", now)), std::logic_error);
  EXPECT_THROW(static_cast<void>(KeySet({{hs(), now - 1ms, now}}).sign("t", "{}", now)), std::logic_error);
}

TEST(Keys, IsStoredWithItsSecretsAndTimes) {
  const KeySet set({{hs(), now, now + 5s}, {es(), now + 1s, std::nullopt}, {public_part(rs()), now, std::nullopt}});
  const std::string stored = set.to_json();
  const auto read = KeySet::parse(stored);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->to_json(), stored);
  EXPECT_TRUE(read->verify(set.sign("t", "{}", now), "t", now));
  EXPECT_FALSE(read->verify(set.sign("t", "{}", now), "t", now + 5s));
  EXPECT_TRUE(set.verify(read->sign("t", "{}", now + 1s), "t", now));
  for (const std::string& wrong : {std::string(), std::string("{}"), std::string(R"({"keys":[]})"), stored + "x",
                                   std::string(R"({"keys":[{"signsFrom":"2026-01-01T00:00:00.000Z","jwk":"{}"}]})")}) {
    const auto refused = KeySet::parse(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code(), errors::key_invalid);
  }
}

TEST(Keys, NamesAlgorithmsExactly) {
  for (const Key& key : keys()) EXPECT_EQ(parse_algorithm(name_of(key.algorithm())), key.algorithm());
  for (const std::string_view name : {"", "none", "hs256", "HS384", "eddsa", "Ed25519", "RS256 "}) {
    EXPECT_FALSE(parse_algorithm(name)) << name;
  }
  std::set<std::string> ids;
  for (const Key& key : keys()) ids.insert(key.id());
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_EQ(ids.begin()->size(), 16U);
}

}  // namespace
}  // namespace ashlar::auth
