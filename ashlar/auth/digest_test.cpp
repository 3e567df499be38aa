// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/digest.hpp"

#include <gtest/gtest.h>

namespace ashlar::auth {
namespace {

// printf 'purpose\0text' | sha256sum
TEST(Digest, IsSha256OverPurposeNulAndText) {
  EXPECT_EQ(digest("purpose", "text"), "b82a5020c29561b7b067e910988f56ec88f44a6f062f9bfd498660bef30c0ead");
}

TEST(Digest, DiffersByPurposeAndByWhereItEnds) {
  EXPECT_NE(digest("a", "text"), digest("b", "text"));
  EXPECT_NE(digest("ab", "c"), digest("a", "bc"));
  EXPECT_NE(digest("a", ""), digest("", "a"));
}

}  // namespace
}  // namespace ashlar::auth
