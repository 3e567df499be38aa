// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/utf8_stream.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>

namespace ashlar {

namespace {

// From this size on, checking whole sequences with SIMD is faster than one byte at a time.
constexpr std::size_t simd_bytes_min = 64;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The bytes before the last sequence of the text, which may be incomplete.
std::string_view without_last_sequence(std::string_view text) {
  std::size_t size = text.size();
  for (int back = 0; size > 0 && back < 4; ++back) {
    if (!is_continuation(text[--size])) break;
  }
  return text.substr(0, size);
}

}  // namespace

bool Utf8Stream::begin_sequence(unsigned char lead) {
  if (lead < 0x80) return true;
  if (lead < 0xC2 || lead > 0xF4) return false;
  missing_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  low_ = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;   // no overlong forms
  high_ = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;  // no surrogates, nothing past U+10FFFF
  return true;
}

bool Utf8Stream::feed(std::string_view piece) {
  for (std::size_t at = 0; at < piece.size(); ++at) {
    const auto byte = static_cast<unsigned char>(piece[at]);
    if (missing_ > 0) {
      if (byte < low_ || byte > high_) return false;
      --missing_;
      low_ = 0x80;
      high_ = 0xBF;
      continue;
    }
    if (piece.size() - at >= simd_bytes_min) {
      const std::string_view whole = without_last_sequence(piece.substr(at));
      if (!is_utf8(whole)) return false;
      at += whole.size();
    }
    if (at < piece.size() && !begin_sequence(static_cast<unsigned char>(piece[at]))) return false;
  }
  return true;
}

}  // namespace ashlar
