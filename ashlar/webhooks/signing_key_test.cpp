// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/signing_key.hpp"

#include "ashlar/core/base64.hpp"
#include "ashlar/core/encoding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::webhooks {
namespace {

using namespace std::chrono_literals;

const Timestamp now = Timestamp::from_milliseconds(1'731'705'121'000);
constexpr std::string_view id = "msg_loFOjxBNrRLzqYUf";
constexpr std::string_view body = R"({"event_type":"ping","data":{"success":true}})";

SigningKey key_of(std::string_view text) { return SigningKey::parse(text).value(); }
// Of Standard Webhooks' own reference implementations, as is its signature below.
const SigningKey reference = key_of("whsec_plJ3nmyCDGBKInavdOK15jsl");
constexpr std::string_view reference_signature = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=";

Result<> verify_field(std::string_view signature, std::vector<SigningKey> keys = {reference},
                      std::string_view timestamp = "1731705121", std::string_view text = body) {
  return verify({.id = id, .timestamp = timestamp, .signature = signature, .body = text}, keys, now);
}

TEST(SigningKey, RefusesMalformedKeys) {
  for (const char* text :
       {"", "whsec_", "plJ3nmyCDGBKInavdOK15jsl", "whsec_plJ3nmyCDGBKInavdOK15js", "whsec_plJ3nmyCDGBKInav", "whsec_!",
        "whsk_", "whsk_plJ3nmyCDGBKInavdOK15jsl", "whpk_plJ3nmyCDGBKInavdOK15jsl", "WHSEC_plJ3nmyCDGBKInavdOK15jsl",
        "whsec_plJ3nmyCDGBKInavdOK15jsl ",
        "whsec_plJ3nmyCDGBKInavdOK15jslplJ3nmyCDGBKInavdOK15jslplJ3nmyCDGBKInavdOK15jslplJ3nmyCDGBKInavdOK15jsl"}) {
    const auto parsed = SigningKey::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), errors::invalid_key);
    if (std::string_view(text).size() > 6)
      EXPECT_EQ(parsed.error().message().find(std::string_view(text).substr(6)), std::string::npos) << "it is a secret";
  }
}

TEST(SigningKey, RefusesAPrivateKeyWithAnotherPublicKey) {
  std::string both(64, '\1');
  EXPECT_FALSE(SigningKey::parse("whsk_" + to_base64(std::as_bytes(std::span(both)))));
}

TEST(SigningKey, RefusesOtherMessagesAndTimes) {
  const std::string right(reference_signature);
  EXPECT_FALSE(verify_field("", {reference}));
  EXPECT_FALSE(verify_field("v1,"));
  EXPECT_FALSE(verify_field("v1"));
  EXPECT_FALSE(verify_field(right.substr(3)));
  EXPECT_FALSE(verify_field("v2," + right.substr(3)));
  EXPECT_FALSE(verify_field("v1a," + right.substr(3)));
  EXPECT_FALSE(verify_field(right, {}));
  EXPECT_FALSE(verify_field(right, {reference}, "1731705121", "{}"));
  for (const char* timestamp :
       {"", "1731705122", "01731705121", "+1731705121", "-1", "x", "1731705121.0", "99999999999999999999"})
    EXPECT_FALSE(verify_field(right, {reference}, timestamp)) << timestamp;
  std::string many = right;
  for (int i = 0; i < 16; ++i) many = "v1,AAAA " + many;
  EXPECT_FALSE(verify_field(many));
}

TEST(SigningKey, ToleratesFiveMinutesInBothDirections) {
  const std::vector<SigningKey> keys = {reference};
  for (const auto age : {-300s, 0s, 300s, -301s, 301s}) {
    const Timestamp at = now - age;
    const std::string timestamp = std::to_string(at.seconds());
    const std::string signature = signature_field(keys, id, at, body);
    const bool fresh = age <= 300s && age >= -300s;
    EXPECT_EQ(verify({.id = id, .timestamp = timestamp, .signature = signature, .body = body}, keys, now).has_value(),
              fresh)
        << age.count();
  }
}

TEST(SigningKey, SignsAsTheReferenceImplementationsDo) {
  EXPECT_EQ(reference.sign(id, now, body), reference_signature);
  EXPECT_TRUE(verify_field(reference_signature));
}

// RFC 8032 section 7.1, test 2: the seed, its public key, and the signature of the one byte 0x72.
TEST(SigningKey, HasTheKeysOfRfc8032) {
  const std::string seed = from_base64("TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=").value();
  ASSERT_EQ(to_hex(std::as_bytes(std::span(seed))), "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const SigningKey key = key_of("whsk_TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=");
  const std::string public_key = from_base64(key.receiver_text().substr(5)).value();
  EXPECT_EQ(to_hex(std::as_bytes(std::span(public_key))),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
}

TEST(SigningKey, GeneratesKeysThatVerifyWhatTheySign) {
  SystemRandom random;
  for (const auto scheme : {SignatureScheme::v1, SignatureScheme::v1a}) {
    const SigningKey key = SigningKey::generate(scheme, random);
    const SigningKey stored = key_of(key.to_text());
    const SigningKey received = key_of(key.receiver_text());
    const SigningKey other = SigningKey::generate(scheme, random);
    EXPECT_EQ(key.to_text() == key.receiver_text(), scheme == SignatureScheme::v1) << "a private key is not given away";
    EXPECT_NE(key.to_text(), other.to_text());
    const std::string signature = stored.sign(id, now, body);
    EXPECT_TRUE(verify_field(signature, {received}));
    EXPECT_FALSE(verify_field(signature, {other}));
  }
  EXPECT_THROW((void)key_of(SigningKey::generate(SignatureScheme::v1a, random).receiver_text()).sign(id, now, body),
               std::logic_error);
}

TEST(SigningKey, HasASignatureOfEachKeyWhileOneIsRotated) {
  SystemRandom random;
  const SigningKey added = SigningKey::generate(SignatureScheme::v1a, random);
  const std::vector<SigningKey> both = {added, reference};
  const std::string field = signature_field(both, id, now, body);
  EXPECT_EQ(field, added.sign(id, now, body) + " " + std::string(reference_signature));
  EXPECT_TRUE(verify_field(field, {reference}));
  EXPECT_TRUE(verify_field(field, {key_of(added.receiver_text())}));
}

}  // namespace
}  // namespace ashlar::webhooks
