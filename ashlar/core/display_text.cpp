// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/display_text.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/unicode.hpp"

namespace ashlar {

bool is_display_text(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    if (next.bytes == 0 || is_display_control(next.value)) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

std::string for_display(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    if (next.bytes == 0) {
      out += "\ufffd";
      text.remove_prefix(1);
      continue;
    }
    if (is_display_control(next.value)) {
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) out += hex_digits[next.value >> shift & 15];
    } else {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

}  // namespace ashlar
