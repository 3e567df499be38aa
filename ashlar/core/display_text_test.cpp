// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/display_text.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace ashlar {
namespace {

TEST(DisplayText, EscapesWhatATerminalWouldObey) {
  struct Case {
    std::string_view text, shown;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"\x1b[2J", "\\u001b[2J"},
           {"\x1b]0;title\x07", "\\u001b]0;title\\u0007"},
           {"a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"},
           {std::string_view("\0", 1), "\\u0000"},
           {"\x7f", "\\u007f"},
           {"\u009b31m", "\\u009b31m"},
           {"\u061c", "\\u061c"},
           {"\u200e\u200f", "\\u200e\\u200f"},
           {"\u2028\u2029", "\\u2028\\u2029"},
           {"\u202aa\u202e", "\\u202aa\\u202e"},
           {"\u2066a\u2069", "\\u2066a\\u2069"},
       }) {
    EXPECT_EQ(for_display(c.text), c.shown);
    EXPECT_FALSE(is_display_text(c.text)) << c.shown;
  }
  EXPECT_EQ(for_display("a\xff\xc3z"), "a\ufffd\ufffdz");
  EXPECT_FALSE(is_display_text("a\xff"));
}

TEST(DisplayText, LeavesTheRestAlone) {
  for (const std::string_view text :
       {"", "Ada Lovelace", "~ \u00a0", "\u05d3\u05d5\u05d3", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f680", "\u2027\u202f\u2065\u206a"}) {
    EXPECT_EQ(for_display(text), text);
    EXPECT_TRUE(is_display_text(text)) << text;
  }
}

}  // namespace
}  // namespace ashlar
