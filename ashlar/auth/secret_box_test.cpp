// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/secret_box.hpp"

#include "ashlar/core/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace ashlar::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const SecretBoxKey old_key{"2025", std::string(32, 'o')};
const SecretBoxKey new_key{"2026", std::string(32, 'n')};

std::string code_of(const Result<std::string>& result) {
  return result ? "opened " + *result : std::string(result.error().code().name);
}

class SecretBoxTest : public ::testing::Test {
 protected:
  SystemRandom random_;
  SecretBox box_{{old_key}, random_};
};

TEST_F(SecretBoxTest, RefusesWhatWasChangedOrMoved) {
  const std::string sealed = box_.seal("secret", "mfa:1");
  EXPECT_EQ(code_of(box_.open(sealed, "mfa:1")), "opened secret");
  const SecretBox other({SecretBoxKey{"2025", std::string(32, 'x')}}, random_), renamed({new_key}, random_);
  for (const std::string& context :
       {std::string(), std::string("mfa:2"), std::string("mfa:1 "), std::string("mfa"), std::string("mfa:1\0", 6)}) {
    EXPECT_EQ(code_of(box_.open(sealed, context)), "auth.sealed_secret_unreadable") << context;
  }
  EXPECT_EQ(code_of(other.open(sealed, "mfa:1")), "auth.sealed_secret_unreadable");
  EXPECT_EQ(code_of(renamed.open(sealed, "mfa:1")), "auth.sealed_secret_unreadable");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(box_.open(changed, "mfa:1")), "auth.sealed_secret_unreadable") << i;
    EXPECT_EQ(code_of(box_.open(sealed.substr(0, i), "mfa:1")), "auth.sealed_secret_unreadable") << i;
  }
  for (const std::string& wrong :
       {std::string(), std::string("."), std::string("v1."), std::string("v1.2025."), std::string("v1..AAAA"),
        "v2" + sealed.substr(2), sealed + "=", sealed + "A", std::string("v1.2025.") + std::string(36, 'A')}) {
    EXPECT_EQ(code_of(box_.open(wrong, "mfa:1")), "auth.sealed_secret_unreadable") << wrong;
    EXPECT_TRUE(SecretBox({new_key}, random_).needs_reseal(wrong));
  }
}

// The id of the key is authenticated: the same key under two ids opens what it sealed under one of them only.
TEST_F(SecretBoxTest, RefusesAnotherKeyId) {
  const SecretBox both({old_key, SecretBoxKey{"also", old_key.key}}, random_);
  std::string sealed = both.seal("secret", "mfa:1");
  EXPECT_EQ(code_of(both.open(sealed.replace(3, 4, "also"), "mfa:1")), "auth.sealed_secret_unreadable");
}

TEST_F(SecretBoxTest, RefusesInvalidKeys) {
  using Keys = std::vector<SecretBoxKey>;
  const std::string key(32, 'k');
  for (const Keys& keys :
       {Keys{}, Keys{{"a", key.substr(1)}}, Keys{{"a", key + "k"}}, Keys{{"", key}}, Keys{{"a.b", key}},
        Keys{{"a b", key}}, Keys{{std::string(33, 'a'), key}}, Keys{{"a", key}, {"a", key}}}) {
    EXPECT_THROW(SecretBox(keys, random_), std::invalid_argument);
  }
  const std::string text = old_key.to_text();
  EXPECT_EQ(SecretBoxKey::parse(text)->key, old_key.key);
  EXPECT_EQ(SecretBoxKey::parse(text)->id, "2025");
  for (const std::string& wrong : {std::string(), std::string(":"), text.substr(4), text.substr(0, text.size() - 1),
                                   text + "A", text + "=", "a.b" + text, ":" + text}) {
    EXPECT_FALSE(SecretBoxKey::parse(wrong)) << wrong;
  }
}

TEST_F(SecretBoxTest, RotatesItsKeys) {
  const std::string sealed = box_.seal("secret", "mfa:1");
  const SecretBox rotated({new_key, old_key}, random_);
  EXPECT_TRUE(rotated.needs_reseal(sealed));
  EXPECT_FALSE(box_.needs_reseal(sealed));
  const std::string again = rotated.seal(rotated.open(sealed, "mfa:1").value(), "mfa:1");
  EXPECT_THAT(again, StartsWith("v1.2026."));
  EXPECT_FALSE(rotated.needs_reseal(again));
  EXPECT_EQ(code_of(SecretBox({new_key}, random_).open(again, "mfa:1")), "opened secret");
}

TEST_F(SecretBoxTest, NeverSealsTheSameWayTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(box_.seal("secret", "mfa:1"));
  EXPECT_EQ(seen.size(), 1000U);
  for (const std::string& secret : {std::string(), std::string("\0\xff", 2), std::string(100'000, 'x')}) {
    const std::string sealed = box_.seal(secret, "");
    EXPECT_EQ(*box_.open(sealed, ""), secret);
    EXPECT_EQ(sealed.size(),
              8 + (secret.size() + 28) / 3 * 4 + ((secret.size() + 28) % 3 == 0 ? 0 : (secret.size() + 28) % 3 + 1));
    if (!secret.empty()) EXPECT_THAT(sealed, Not(HasSubstr(secret)));
  }
  SeededRandom seeded(1);
  EXPECT_EQ(SecretBoxKey::generate("a", seeded).key.size(), 32U);
}

// Sealed by the crypto module of Node.js from the description in the header.
TEST_F(SecretBoxTest, OpensWhatAnotherImplementationSealed) {
  EXPECT_EQ(code_of(box_.open("v1.2025.AAECAwQFBgcICQoLa-BlSrsPYuurYwN_uBjDHUvOeKXWLQ", "mfa:1")), "opened secret");
}

}  // namespace
}  // namespace ashlar::auth
