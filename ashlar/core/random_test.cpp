// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace ashlar {
namespace {

std::string taken(Random& random, std::size_t count) {
  std::string out(count, '\0');
  random.fill(std::as_writable_bytes(std::span(out)));
  return out;
}

// Small requests share a fetch, which ends at various places of them; large ones have their own.
TEST(SystemRandom, GivesNoBytesTwice) {
  SystemRandom random;
  for (const std::size_t count : {16U, 24U, 63U, 64U, 65U, 256U, 300U}) {
    std::set<std::string> seen;
    for (int i = 0; i < 40; ++i) seen.insert(taken(random, count));
    EXPECT_EQ(seen.size(), 40U) << count;
  }
}

TEST(SystemRandom, FillsEachByte) {
  SystemRandom random;
  for (const std::size_t count : {1U, 16U, 64U, 65U, 1000U}) {
    std::string any(count, '\0');  // the bits that were set in one of the rounds
    for (int i = 0; i < 64; ++i) {
      const std::string bytes = taken(random, count);
      for (std::size_t at = 0; at < count; ++at) any[at] = static_cast<char>(any[at] | bytes[at]);
    }
    EXPECT_EQ(any, std::string(count, '\xff')) << count;
  }
  EXPECT_EQ(taken(random, 0), "");
}

TEST(SeededRandom, GivesTheSameBytesForTheSameSeed) {
  SeededRandom one(7), same(7), other(8);
  const std::string first = taken(one, 32);
  EXPECT_EQ(taken(same, 32), first);
  EXPECT_NE(taken(other, 32), first);
  EXPECT_NE(taken(one, 32), first);
  std::string any(32, '\0');
  for (int i = 0; i < 64; ++i) {
    const std::string bytes = taken(one, 32);
    for (std::size_t at = 0; at < 32; ++at) any[at] = static_cast<char>(any[at] | bytes[at]);
  }
  EXPECT_EQ(any, std::string(32, '\xff'));
}

}  // namespace
}  // namespace ashlar
