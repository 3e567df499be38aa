// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Text from users that is shown on a terminal, in a log or on a page. A control character can move the cursor, recolour
// the screen or end a line; a bidirectional control can make a name look like another one (CVE-2021-42574, "Trojan
// Source").
// Source").
namespace ashlar {

// Whether a terminal acts on the code point instead of showing it: C0 (including tab and line feed), DEL, C1, the line
// and paragraph separators, and the code points with Unicode's property Bidi_Control: U+061C, U+200E, U+200F, U+202A to
// U+202E and U+2066 to U+2069. The joiners U+200C and U+200D are not included: Persian, Indic scripts and emoji need
// them.
constexpr bool is_display_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

// Whether the text is well-formed UTF-8 without display controls.
[[nodiscard]] bool is_display_text(std::string_view text);

// The text as one line that a terminal shows unchanged: each display control as \u001b, each ill-formed byte as U+FFFD.
// For table cells and messages of the command line; the log does its own escaping.
[[nodiscard]] std::string for_display(std::string_view text);

}  // namespace ashlar
