// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/encoding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace ashlar {
namespace {

std::string base64url(std::string_view text) { return to_base64url(std::as_bytes(std::span(text))); }

// The code point as UTF-8 would have it, also for those that it must not have.
std::string utf8(unsigned code_point) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | (code_point >> shift & 0x3fU)); };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xc0U | code_point >> 6U), tail(0)};
  if (code_point < 0x10000) return {static_cast<char>(0xe0U | code_point >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xf0U | code_point >> 18U), tail(12), tail(6), tail(0)};
}

TEST(Hex, WritesLowerCase) {
  const std::array bytes{std::byte{0x00}, std::byte{0x0f}, std::byte{0xa5}, std::byte{0xff}};
  EXPECT_EQ(to_hex(bytes), "000fa5ff");
  EXPECT_EQ(to_hex({}), "");
}

// RFC 4648 section 10, without padding; and the two characters that its vectors lack.
TEST(Base64Url, HasTheVectorsOfRfc4648) {
  const std::pair<std::string_view, std::string_view> cases[] = {{"", ""},
                                                                 {"f", "Zg"},
                                                                 {"fo", "Zm8"},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg"},
                                                                 {"fooba", "Zm9vYmE"},
                                                                 {"foobar", "Zm9vYmFy"},
                                                                 {"\xfb\xef\xbe", "----"},
                                                                 {"\xff\xff\xff", "____"},
                                                                 {"\xff", "_w"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
}

TEST(Base64Url, RefusesUnusedBits) {
  for (const std::string_view text : {"Zh", "Zv", "Zm9", "Zm-", "Zm9vYh", "A", "AAAAA"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
}

// RFC 3629 section 4: the first and the last code point of each length and of each gap.
TEST(Utf8, TakesTheEndsOfEachRange) {
  for (const unsigned good : {0x0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xfffU, 0x1000U, 0xcfffU, 0xd000U, 0xd7ffU, 0xe000U,
                              0xffffU, 0x10000U, 0x3ffffU, 0x40000U, 0xfffffU, 0x100000U, 0x10ffffU}) {
    EXPECT_TRUE(is_utf8(utf8(good))) << std::hex << good;
    EXPECT_EQ(utf8_length(utf8(good)), 1U);
  }
  for (const unsigned bad : {0xd800U, 0xdbffU, 0xdfffU, 0x110000U, 0x13ffffU, 0x140000U})
    EXPECT_FALSE(is_utf8(utf8(bad))) << std::hex << bad;
}

TEST(Utf8, RefusesOverlongAndBrokenSequences) {
  for (const std::string_view text :
       {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\x80", "\xbf",
        "\xf5\x80\x80\x80", "\xf8\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text));
  }
  for (const unsigned code_point : {0x80U, 0x800U, 0x10000U}) {
    const std::string whole = utf8(code_point);
    for (std::size_t i = 1; i < whole.size(); ++i) {
      EXPECT_FALSE(is_utf8(whole.substr(0, i)));
      for (const char other : {'\x7f', '\xc0'}) {  // the neighbours of continuation bytes
        std::string text = whole;
        text[i] = other;
        EXPECT_FALSE(is_utf8(text));
      }
    }
    EXPECT_TRUE(is_utf8(whole + "a" + whole));
    EXPECT_FALSE(is_utf8(whole + "\x80"));
  }
}

TEST(Ascii, LettersAloneChangeTheirCase) {
  EXPECT_EQ(ascii_lower("@AZ[`az{\xc3\x89"), "@az[`az{\xc3\x89");
  EXPECT_TRUE(ascii_iequals("Content-LENGTH", "cONTENT-length"));
  EXPECT_FALSE(ascii_iequals("@[", "`{"));
  EXPECT_FALSE(ascii_iequals("abc", "abcd"));
  EXPECT_FALSE(ascii_iequals("abc", "abd"));
}

}  // namespace
}  // namespace ashlar
