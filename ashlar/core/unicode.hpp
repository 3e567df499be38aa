// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Unicode text in UTF-8, by utf8proc's tables (Unicode 15.0). The functions do not depend on the process's locale and
// keep no state: all are safe from any thread.
//
// Two texts that look the same can differ in bytes. Compare them by a stored key that C++ computes, never by a function
// of the database: PostgreSQL's lower('I') is 'i' in most locales and 'ı' in a Turkish one, and SQLite's lower() knows
// ASCII only.
namespace ashlar {

// to_nfc() and fold_case() refuse a longer sequence of combining marks. Sorting the marks takes time quadratic in their
// number, and no language needs more (UAX #15 section 13, "Stream-Safe Text Format").
inline constexpr std::size_t combining_marks_max = 30;

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: the text is ill-formed there and `value` is meaningless
};
// The first code point of a non-empty text (RFC 3629: no surrogate, no overlong form, nothing above U+10FFFF).
[[nodiscard]] CodePoint decode_utf8(std::string_view text);

// Normalization Form C (UAX #15): "e" with a combining acute accent becomes "é". ASCII is returned as it is. The output
// has at most three times the bytes of the input. nullopt: ill-formed UTF-8, or more than `combining_marks_max` marks
// in a sequence. Passwords are hashed in this form (RFC 8265 section 4.2).
[[nodiscard]] std::optional<std::string> to_nfc(std::string_view text);
// Whether to_nfc() would return the text unchanged. False for a text that to_nfc() refuses.
[[nodiscard]] bool is_nfc(std::string_view text);

// The key of a caseless comparison: two texts have the same key exactly when they are a canonical caseless match
// (Unicode 15.0 section 3.13, D145). Full case folding, so "Straße" and "STRASSE" have the same key; in NFC. "I" folds
// to "i" and "İ" to "i" with a combining dot above; "ı" stays. Refuses what to_nfc() refuses.
[[nodiscard]] std::optional<std::string> fold_case(std::string_view text);

// Appends the text in lower case, one code point for each code point of the text: "ß" stays, and "İ" becomes "i"
// without its dot. Ill-formed bytes are copied. For searches that compare lengths in code points; to decide whether two
// texts are the same use fold_case().
void append_lower_case(std::string_view text, std::string& out);

}  // namespace ashlar
