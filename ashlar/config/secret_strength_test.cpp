// SPDX-License-Identifier: Apache-2.0
#include "ashlar/config/secret_strength.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ashlar::config {
namespace {

TEST(SecretStrength, RefusesWhatCanBeGuessed) {
  const std::string of_32[] = {std::string(32, 'a'),
                               std::string(200, 'a'),
                               "abababababababababababababababab",
                               "01234567890123456789012345678901",
                               "0123456789abcdef0123456789abcdef",
                               "abcdefghijklmnopqrstuvwxyzabcdef",
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
                               "passwordpasswordpasswordpassword",
                               "secretsecretsecretsecretsecretse",
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
                               "11111111112222222222333333333344",
                               "at-least-32-bytes-of-your-own-making",
                               "at-least-32-other-bytes-of-your-own",
                               "CHANGE-ME-CHANGE-ME-BEFORE-PRODUCTION",
                               "your_super_secret_jwt_key_for_this_app",
                               "your-256-bit-secret-your-secret-key-x"};
  for (const std::string& secret : of_32) EXPECT_TRUE(secret_weakness(secret, 32)) << secret;
  for (const char* secret : {"aaaaaaaaaaaaaaaa", "0123456789abcdef", "a-token-of-the-scraper", "1234567890123456"})
    EXPECT_TRUE(secret_weakness(secret, 16)) << secret;
  for (const char* secret : {"12345678", "aaaaaaaa", "abcdefgh", "changeme", "a-long-password"})
    EXPECT_TRUE(secret_weakness(secret, 8)) << secret;
}

TEST(SecretStrength, NeverShowsTheSecret) {
  for (const char* secret : {"hush-hush-hush-hush-hush-hush-hush", "hush-changeme-hush-changeme-hush"})
    EXPECT_EQ(secret_weakness(secret, 32).value_or("hush").find("hush"), std::string::npos);
}

// The shortest texts that a rule allows, drawn at random: a false refusal is an outage.
TEST(SecretStrength, TakesWhatIsRandom) {
  SeededRandom random(20'260'504);
  for (int i = 0; i < 20'000; ++i) {
    std::array<std::byte, 32> bytes{};
    random.fill(bytes);
    const std::string hex = to_hex(bytes);
    const std::string base64 = to_base64url(bytes);
    EXPECT_FALSE(secret_weakness(hex, 32)) << hex;
    EXPECT_FALSE(secret_weakness(hex.substr(0, 32), 32)) << hex.substr(0, 32);
    EXPECT_FALSE(secret_weakness(base64.substr(0, 32), 32)) << base64.substr(0, 32);
    EXPECT_FALSE(secret_weakness(hex.substr(0, 16), 16)) << hex.substr(0, 16);
  }
}

TEST(SecretStrength, TakesAPhrase) {
  EXPECT_FALSE(secret_weakness("a secret of at least thirty-two bytes", 32));
  EXPECT_FALSE(secret_weakness("the access secret of the tests, long enough", 32));
  EXPECT_FALSE(secret_weakness("a long password", 8));
}

}  // namespace
}  // namespace ashlar::config
