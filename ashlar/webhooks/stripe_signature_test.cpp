// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/stripe_signature.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar::webhooks {
namespace {

using namespace std::chrono_literals;

const Timestamp now = Timestamp::from_milliseconds(1'800'000'000'000);
constexpr std::string_view body = R"({"id":"evt_1","type":"payment_intent.succeeded"})";
const std::vector<std::string> ours = {"whsec_one"};
const std::vector<std::string> theirs = {"whsec_other"};

std::string field_at(Timestamp at, const std::vector<std::string>& secrets = ours) {
  return stripe_signature(body, secrets, at);
}
Result<> verify(std::string_view field, std::string_view text = body) {
  return verify_stripe_signature(field, text, {.secrets = ours}, now);
}

TEST(StripeSignature, RefusesMalformedFields) {
  const std::string right = field_at(now);
  const std::string v1 = right.substr(right.find(",v1="));
  std::string many = right;
  for (int i = 0; i < 16; ++i) many += v1;
  const std::string rows[] = {"",
                              "t",
                              "v1",
                              ",",
                              "t=1800000000",
                              v1.substr(1),
                              "t=" + v1,
                              "t=+1800000000" + v1,
                              "t=-1" + v1,
                              "t= 1800000000" + v1,
                              "t=1800000000x" + v1,
                              "t=99999999999999999999" + v1,
                              "t=999999999999999" + v1,
                              "t=1800000000,t=1800000000" + v1,
                              many};
  for (const std::string& field : rows) {
    const auto verified = verify(field);
    ASSERT_FALSE(verified) << field;
    EXPECT_EQ(verified.error().code(), errors::signature_invalid) << field;
  }
}

TEST(StripeSignature, RefusesSignaturesOfOtherBodiesSecretsAndTimes) {
  EXPECT_FALSE(verify(field_at(now), std::string(body) + " "));
  EXPECT_FALSE(verify(field_at(now, theirs)));
  const std::string right = field_at(now);
  std::string other_time = right;
  other_time.replace(other_time.find("18"), 10, "1800000001");
  EXPECT_FALSE(verify(other_time)) << "the time is signed";
  std::string upper = right;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_FALSE(verify(upper));
  EXPECT_FALSE(verify_stripe_signature(right, body, {}, now)) << "there is no secret";
  std::string v0 = right;
  v0.replace(v0.find("v1"), 2, "v0");
  EXPECT_FALSE(verify(v0 + ",v1=00"));
}

TEST(StripeSignature, ToleratesFiveMinutesInBothDirections) {
  for (const auto age : {-300s, 0s, 300s}) EXPECT_TRUE(verify(field_at(now - age))) << age.count();
  for (const auto age : {-301s, 301s, 86'400s}) EXPECT_FALSE(verify(field_at(now - age))) << age.count();
}

TEST(StripeSignature, AcceptsOneOfSeveralWhileASecretIsRotated) {
  const std::vector<std::string> both = {"whsec_other", "whsec_one"};
  EXPECT_TRUE(verify(field_at(now, both)));
  EXPECT_TRUE(verify_stripe_signature(field_at(now), body, {.secrets = both}, now));
  EXPECT_TRUE(verify(field_at(now) + ",v0=ignored,v2=ignored"));
}

// HMAC-SHA-256 of "1492774577.{}" under the whole secret, computed with openssl dgst.
TEST(StripeSignature, IsTheHmacOfTimeAndBody) {
  EXPECT_EQ(stripe_signature("{}", ours, Timestamp::from_milliseconds(1'492'774'577'000)),
            "t=1492774577,v1=5dd4f705dade94ec8ad49c28ec042a63f7da147e1fb28337c4ef34b01b11d722");
}

}  // namespace
}  // namespace ashlar::webhooks
