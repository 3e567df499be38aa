// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/unicode.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace ashlar {
namespace {

std::string lower_case(std::string_view text) {
  std::string out;
  append_lower_case(text, out);
  return out;
}

std::string encoded(char32_t c) {
  std::string out;
  if (c < 0x80) return {static_cast<char>(c)};
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  const unsigned lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
  out += static_cast<char>(lead | c >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3f));
  return out;
}

constexpr std::initializer_list<std::string_view> ill_formed = {
    "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xe2\x82", "a\xff"};

std::string with_marks(std::size_t count) {
  std::string out = "a";
  for (std::size_t i = 0; i < count; ++i) out += i % 2 == 0 ? "\u0301" : "\u0316";
  return out;
}

TEST(Unicode, RefusesToNormalizeIllFormedTextAndLongSequencesOfMarks) {
  for (const std::string_view text : ill_formed) {
    EXPECT_EQ(to_nfc(text), std::nullopt);
    EXPECT_EQ(fold_case(text), std::nullopt);
    EXPECT_FALSE(is_nfc(text));
  }
  EXPECT_NE(to_nfc(with_marks(combining_marks_max)), std::nullopt);
  EXPECT_EQ(to_nfc(with_marks(combining_marks_max + 1)), std::nullopt);
  EXPECT_EQ(fold_case(with_marks(combining_marks_max + 1)), std::nullopt);
  EXPECT_EQ(to_nfc(with_marks(200'000)), std::nullopt);
}

TEST(Unicode, DecodesOneCodePointOrNone) {
  for (const std::string_view text : ill_formed) EXPECT_EQ(decode_utf8(text.substr(text[0] == 'a')).bytes, 0U) << text;
  EXPECT_EQ(decode_utf8("ab").value, U'a');
  EXPECT_EQ(decode_utf8("€x").value, U'€');
  EXPECT_EQ(decode_utf8("€x").bytes, 3U);
  EXPECT_EQ(decode_utf8(std::string_view("\0", 1)).bytes, 1U);
}

TEST(Unicode, ComposesToNfc) {
  struct Case {
    std::string_view text, nfc;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", ""},
           {"plain", "plain"},
           {"e\u0301", "\u00e9"},
           {"\u212b", "\u00c5"},                    // the angstrom sign
           {"q\u0307\u0323", "q\u0323\u0307"},      // reordered
           {"\u1100\u1161\u11a8", "\uac01"},        // Hangul
           {"\u2126", "\u03a9"},                    // the ohm sign
           {"\ufb01", "\ufb01"},                    // a ligature stays: that is NFKC's
           {"\u0958", "\u0915\u093c"},              // composition exclusion
           {"\U0001d15e", "\U0001d157\U0001d165"},  // 4 bytes become 8
       }) {
    EXPECT_EQ(to_nfc(c.text), c.nfc) << c.text;
    EXPECT_EQ(is_nfc(c.text), c.text == c.nfc) << c.text;
  }
  EXPECT_EQ(to_nfc(std::string_view("a\0e\u0301", 5)), std::string_view("a\0\u00e9", 4));
}

TEST(Unicode, FoldsCaseTheSameInEveryLocale) {
  struct Case {
    std::string_view text, key;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"IVAN@EXAMPLE.COM", "ivan@example.com"},
           {"[\\]^_@`{|}~", "[\\]^_@`{|}~"},
           {"STRASSE", "strasse"},
           {"Straße", "strasse"},
           {"\u1e9e", "ss"},
           {"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
           {"ı", "ı"},
           {"İ", "i\u0307"},
           {"E\u0301", "\u00e9"},
           {"\u03b1\u0345\u0301", "\u03ac\u03b9"},
           {"\u03b1\u0301\u0345", "\u03ac\u03b9"},
           {"\ufb03", "ffi"},
           {"ЖЯ", "жя"},
       }) {
    EXPECT_EQ(fold_case(c.text), c.key) << c.text;
  }
}

TEST(Unicode, FoldsAndNormalizesWithinThreeTimesTheBytesAndOnce) {
  for (char32_t c = 0; c <= 0xe0fff; ++c) {
    if (c == 0x3400) c = 0xa000;  // Chinese characters: no case, no decompositions
    if (c == 0xb000) c = 0xe000;  // most of Hangul, which is regular, and the surrogates
    if (c == 0x20000) c = 0x2f800;
    if (c == 0x2fa20) c = 0xe0000;
    const std::string text = encoded(c);
    const auto nfc = to_nfc(text), key = fold_case(text);
    ASSERT_TRUE(nfc && key) << std::hex << static_cast<unsigned>(c);
    if (nfc->size() > 3 * text.size() || key->size() > 3 * text.size() || to_nfc(*nfc) != nfc || fold_case(*key) != key)
      ADD_FAILURE() << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Unicode, WritesLowerCaseOneCodePointForOne) {
  struct Case {
    std::string_view text, lower;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", ""},
           {"ÀÉÎÕÜ ŁŻŐ ΑΒΓΩ ЖЯЁ Abc [@`{ 😀", "àéîõü łżő αβγω жяё abc [@`{ 😀"},
           {"ß", "ß"},
           {"İI", "ii"},
           {"ΣΣ", "σσ"},
           {"A\xff\xc3Z\xe0\x80\x80Ä", "a\xff\xc3z\xe0\x80\x80ä"},
       }) {
    EXPECT_EQ(lower_case(c.text), c.lower);
  }
  std::string out = "KEPT ";
  append_lower_case("Ä", out);
  EXPECT_EQ(out, "KEPT ä");
}

}  // namespace
}  // namespace ashlar
