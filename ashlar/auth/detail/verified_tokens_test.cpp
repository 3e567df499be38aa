// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/detail/verified_tokens.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace ashlar::auth::detail {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp now = Timestamp::from_milliseconds(1'763'713'800'000);

VerifiedToken verified(std::chrono::milliseconds lifetime = 15min) {
  return {std::make_shared<const Principal>(), now, now + lifetime};
}

std::string token(int i) {
  const std::string number = std::to_string(1'000'000 + i);
  return "header.payload." + number + number + number;
}

TEST(VerifiedTokens, FindsTheSameBytesOnly) {
  VerifiedTokens tokens(100);
  const VerifiedToken kept = verified();
  tokens.keep("a.forged.signature-of-sixteen-bytes", kept, now);
  EXPECT_EQ(tokens.find("a.forged.signature-of-sixteen-bytes").principal, kept.principal);
  EXPECT_EQ(tokens.find("b.forged.signature-of-sixteen-bytes").principal, nullptr);  // the same signature
  EXPECT_EQ(tokens.find("a.forged.signature-of-sixteen-bytez").principal, nullptr);
  EXPECT_EQ(tokens.find("signature-of-sixteen-bytes").principal, nullptr);
}

TEST(VerifiedTokens, NeverKeepsMoreThanItMay) {
  for (const std::size_t most : {0U, 1U, 7U, 8U, 100U, 128U, 1000U}) {
    VerifiedTokens tokens(most);
    for (int i = 0; i < 3000; ++i) tokens.keep(token(i), verified(), now);
    EXPECT_LE(tokens.size(), most);
    EXPECT_GE(tokens.size() * 10, most * 8) << most;  // and makes use of it
  }
}

TEST(VerifiedTokens, KeepsWhatIsUsed) {
  VerifiedTokens tokens(8);
  tokens.keep(token(0), verified(), now);
  for (int i = 1; i < 1000; ++i) {
    EXPECT_NE(tokens.find(token(0)).principal, nullptr) << i;
    tokens.keep(token(i), verified(), now);
  }
}

TEST(VerifiedTokens, GivesUpExpiredOnesFirst) {
  VerifiedTokens tokens(2);
  tokens.keep(token(0), verified(15min), now);
  tokens.keep(token(1), verified(1min), now);
  tokens.keep(token(2), verified(15min), now + 2min);
  EXPECT_NE(tokens.find(token(0)).principal, nullptr);
  EXPECT_EQ(tokens.find(token(1)).principal, nullptr);
  EXPECT_NE(tokens.find(token(2)).principal, nullptr);
}

TEST(VerifiedTokens, KeepsATokenOnce) {
  VerifiedTokens tokens(100);
  for (int i = 0; i < 10; ++i) tokens.keep(token(0), verified(), now);
  EXPECT_EQ(tokens.size(), 1U);
}

}  // namespace
}  // namespace ashlar::auth::detail
