// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/ascii.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower_case = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view upper_case = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

TEST(Ascii, SortsEachByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_digit(c), digits.contains(c)) << byte;
    EXPECT_EQ(is_lower(c), lower_case.contains(c)) << byte;
    EXPECT_EQ(is_letter(c), lower_case.contains(c) || upper_case.contains(c)) << byte;
    EXPECT_EQ(is_alphanumeric(c), is_letter(c) || is_digit(c)) << byte;
  }
}

TEST(Ascii, AnAlphabetHasLettersDigitsAndItsOwn) {
  constexpr auto alphabet_of_names = alphabet("-\xff");
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(alphabet_of_names[static_cast<std::size_t>(byte)], is_alphanumeric(c) || c == '-' || c == '\xff') << byte;
  }
}

}  // namespace
}  // namespace ashlar
