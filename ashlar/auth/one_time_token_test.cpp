// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/one_time_token.hpp"

#include "ashlar/core/encoding.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ashlar::auth {
namespace {

// `printf abc | sha256sum`
TEST(OneTimeToken, IsStoredAsItsSha256) {
  EXPECT_EQ(one_time_token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(one_time_token_hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(OneTimeToken, HasTheBytesOfTheRandomSource) {
  SeededRandom random(7);
  std::array<std::byte, 32> bytes{};
  random.fill(bytes);
  SeededRandom again(7);
  const OneTimeToken token = new_one_time_token(again);
  EXPECT_EQ(token.text, to_base64url(bytes));
  EXPECT_EQ(token.text.size(), 43U);
  EXPECT_EQ(token.hash, one_time_token_hash(token.text));
}

TEST(OneTimeToken, IsAnotherEachTime) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(new_one_time_token(random).text);
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace ashlar::auth
