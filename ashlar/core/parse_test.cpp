// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/parse.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace ashlar {
namespace {

TEST(ParseInteger, RefusesWhatIsNotOneNumberOfTheType) {
  for (const char* text : {"", " ", "-", "+1", " 1", "1 ", "1x", "x1", "0x1", "1.0", "65536", "99999999999999999999"})
    EXPECT_EQ(parse_integer<std::uint16_t>(text), std::nullopt) << text;
  EXPECT_EQ(parse_integer<std::uint16_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_integer<std::int8_t>("-129"), std::nullopt);
}

TEST(ParseInteger, ReadsTheWholeRange) {
  EXPECT_EQ(parse_integer<std::uint16_t>("0"), 0);
  EXPECT_EQ(parse_integer<std::uint16_t>("0065535"), 65535);
  EXPECT_EQ(parse_integer<std::int64_t>("-9223372036854775808"), INT64_MIN);
}

TEST(TakeWord, TakesOneWordAndOneSpace) {
  std::string_view text = "a bc  d";
  EXPECT_EQ(take_word(text), "a");
  EXPECT_EQ(take_word(text), "bc");
  EXPECT_EQ(take_word(text), "");
  EXPECT_EQ(take_word(text), "d");
  EXPECT_EQ(text, "");
  EXPECT_EQ(take_word(text), "");
}

}  // namespace
}  // namespace ashlar
