// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ashlar::exports::detail {

// Whether a spreadsheet that opens a CSV file may evaluate a cell with this text (OWASP, "CSV Injection"): it begins
// with = + - @, TAB, CR or LF, or the full-width form of one of these signs, which spreadsheets take for the same.
// Spaces before that are skipped.
[[nodiscard]] constexpr bool may_be_formula(std::string_view text) {
  constexpr std::string_view no_break_space = "\u00a0";
  while (true) {
    if (text.starts_with(' ')) {
      text.remove_prefix(1);
    } else if (text.starts_with(no_break_space)) {
      text.remove_prefix(no_break_space.size());
    } else {
      break;
    }
  }
  if (text.empty()) return false;
  constexpr std::string_view signs = "=+-@\t\r\n";
  if (signs.contains(text.front())) return true;
  for (const std::string_view full_width : {"\uff1d", "\uff0b", "\uff0d", "\uff20"})
    if (text.starts_with(full_width)) return true;
  return false;
}

}  // namespace ashlar::exports::detail
