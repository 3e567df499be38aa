// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/utf8_stream.hpp"

#include "ashlar/core/encoding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ashlar {
namespace {

using namespace std::string_literals;

// How many bytes are taken before the text is known to be ill-formed; nullopt: none of them is wrong.
std::optional<std::size_t> wrong_byte(std::string_view text) {
  Utf8Stream stream;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!stream.feed(text.substr(i, 1))) return i;
  }
  return std::nullopt;
}

TEST(Utf8Stream, FindsTheFirstByteThatCannotBeRight) {
  struct Case {
    std::string text;
    std::size_t wrong;
  };
  const std::vector<Case> cases{{"\x80", 0},         {"a\xC0\x80", 1},        {"\xC1\xBF", 0},      {"\xE0\x9F\x80", 1},
                                {"\xED\xA0\x80", 1}, {"\xF0\x8F\x80\x80", 1}, {"\xF4\x90\x80", 1},  {"\xF5\x80", 0},
                                {"\xC3(", 1},        {"\xE2\x82(", 2},        {"\xF0\x9F\x98(", 3}, {"\xFF", 0}};
  for (const auto& [text, wrong] : cases) EXPECT_EQ(wrong_byte(text), wrong) << testing::PrintToString(text);
}

TEST(Utf8Stream, TakesSequencesInPieces) {
  const std::string text = "aß€😀\xEF\xBF\xBD\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Utf8Stream stream;
    EXPECT_TRUE(stream.feed(text.substr(0, cut)));
    EXPECT_EQ(stream.is_complete(), is_utf8(text.substr(0, cut))) << cut;
    EXPECT_TRUE(stream.feed(text.substr(cut)));
    EXPECT_TRUE(stream.is_complete());
  }
}

TEST(Utf8Stream, AgreesWithTheWholeTextForLongPieces) {
  for (const std::string& end : {"€"s, "\xE2\x82"s, "\x80"s, "\xF0\x9F\x98\x80"s, "\xE0\x80\x80"s, ""s}) {
    for (std::size_t length = 50; length < 200; ++length) {
      const std::string text = std::string(length, 'x') + "ß" + std::string(length / 2, 'y') + end;
      for (const std::size_t cut : {std::size_t{0}, length, length + 1, length + 2, text.size()}) {
        Utf8Stream stream;
        const bool taken = stream.feed(text.substr(0, cut)) && stream.feed(text.substr(cut));
        EXPECT_EQ(taken && stream.is_complete(), is_utf8(text)) << length << " " << testing::PrintToString(end);
      }
    }
  }
}

}  // namespace
}  // namespace ashlar
