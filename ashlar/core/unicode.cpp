// SPDX-License-Identifier: Apache-2.0
#include "ashlar/core/unicode.hpp"

#include "ashlar/core/ascii.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <new>
#include <vector>

namespace ashlar {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_ascii(c); });
}

void append_utf8(char32_t code_point, std::string& out) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

// Whether it is well-formed and no sequence of combining marks is too long.
bool can_be_normalized(std::string_view text) {
  std::size_t marks = 0;
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    if (next.bytes == 0) return false;
    text.remove_prefix(next.bytes);
    const bool is_mark = utf8proc_get_property(static_cast<utf8proc_int32_t>(next.value))->combining_class != 0;
    marks = is_mark ? marks + 1 : 0;
    if (marks > combining_marks_max) return false;
  }
  return true;
}

// Decomposes by the options and composes again. `text` must pass the check above.
std::string composed(std::string_view text, utf8proc_option_t options) {
  constexpr std::size_t code_points_per_byte = 3;  // of the longest decomposition; a longer one is reported
  std::vector<utf8proc_int32_t> points(text.size() * code_points_per_byte);
  const auto decompose = [&] {
    return utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                              static_cast<utf8proc_ssize_t>(text.size()), points.data(),
                              static_cast<utf8proc_ssize_t>(points.size()), options);
  };
  utf8proc_ssize_t count = decompose();
  if (count > static_cast<utf8proc_ssize_t>(points.size())) {
    points.resize(static_cast<std::size_t>(count));
    count = decompose();
  }
  if (count >= 0) count = utf8proc_normalize_utf32(points.data(), count, options);
  if (count < 0) throw std::bad_alloc();  // the only possible failure: text and options are valid
  std::string out;
  out.reserve(text.size());
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    append_utf8(static_cast<char32_t>(points[static_cast<std::size_t>(i)]), out);
  return out;
}

constexpr auto nfc_options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
constexpr auto fold_options = static_cast<utf8proc_option_t>(nfc_options | UTF8PROC_CASEFOLD);

}  // namespace

CodePoint decode_utf8(std::string_view text) {
  if (is_ascii(text.front())) return {.value = static_cast<char32_t>(text.front()), .bytes = 1};
  utf8proc_int32_t value = 0;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (bytes <= 0) return {};
  return {.value = static_cast<char32_t>(value), .bytes = static_cast<std::size_t>(bytes)};
}

std::optional<std::string> to_nfc(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  if (!can_be_normalized(text)) return std::nullopt;
  return composed(text, nfc_options);
}

bool is_nfc(std::string_view text) { return is_ascii(text) || to_nfc(text) == text; }

// Normalised before folding as well: otherwise canonically equivalent texts with U+0345 would fold differently (D145).
std::optional<std::string> fold_case(std::string_view text) {
  if (is_ascii(text)) {
    std::string out(text);
    for (char& c : out) c = ascii_lower(c);
    return out;
  }
  if (!can_be_normalized(text)) return std::nullopt;
  return composed(composed(text, nfc_options), fold_options);
}

void append_lower_case(std::string_view text, std::string& out) {
  const std::size_t start = out.size();
  out.append(text);
  std::size_t at = 0;
  for (; at < text.size() && is_ascii(text[at]); ++at) out[start + at] = ascii_lower(text[at]);
  if (at == text.size()) return;
  out.resize(start + at);
  while (at < text.size()) {
    const CodePoint next = decode_utf8(text.substr(at));
    if (next.bytes == 0) {
      out += text[at++];
      continue;
    }
    append_utf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(next.value))), out);
    at += next.bytes;
  }
}

}  // namespace ashlar
