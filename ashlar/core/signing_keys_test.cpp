// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/signing_keys.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ashlar {
namespace {

const std::string old_key(32, 'o');
const std::string new_key(40, 'n');

TEST(SigningKeys, RefusesNoKeysAndShortOnes) {
  EXPECT_THROW(SigningKeys({}), std::invalid_argument);
  EXPECT_THROW(SigningKeys({std::string(31, 'k')}), std::invalid_argument);
  EXPECT_THROW(SigningKeys({old_key, std::string(31, 'k')}), std::invalid_argument);
  EXPECT_NO_THROW(SigningKeys({std::string(32, 'k')}));
}

TEST(SigningKeys, RefusesOtherSignatures) {
  const SigningKeys keys({new_key, old_key});
  const std::string signature = keys.sign("cursor", "text");
  EXPECT_FALSE(keys.verify("cursor", "text2", signature));
  EXPECT_FALSE(keys.verify("cursors", "text", signature));
  EXPECT_FALSE(keys.verify("cursorte", "xt", keys.sign("cursor", "text")));
  EXPECT_FALSE(keys.verify("cursor", "text", ""));
  EXPECT_FALSE(keys.verify("cursor", "text", signature.substr(1)));
  EXPECT_FALSE(keys.verify("cursor", "text", signature + "A"));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(keys.verify("cursor", "text", changed)) << i;
  }
  EXPECT_FALSE(SigningKeys({std::string(32, 'k')}).verify("cursor", "text", signature));
}

TEST(SigningKeys, VerifiesWithEachKeyAndSignsWithTheFirst) {
  const SigningKeys before({old_key}), between({new_key, old_key}), after({new_key});
  const std::string old_signature = before.sign("cursor", "text"), new_signature = between.sign("cursor", "text");
  EXPECT_TRUE(between.verify("cursor", "text", old_signature));
  EXPECT_TRUE(between.verify("cursor", "text", new_signature));
  EXPECT_TRUE(after.verify("cursor", "text", new_signature));
  EXPECT_FALSE(after.verify("cursor", "text", old_signature));
  EXPECT_EQ(new_signature.size(), 43U);
}

// HMAC-SHA-256 with the key "oooo..." (32 times) over "cursor\0text", by `openssl dgst -sha256 -hmac`.
TEST(SigningKeys, SignsPurposeAndText) {
  EXPECT_EQ(SigningKeys({old_key}).sign("cursor", "text"), "c0-8yknMLnzb5sGVEvYhsXrwiaLcShUwSpMq83E3O3Q");
}

}  // namespace
}  // namespace ashlar
