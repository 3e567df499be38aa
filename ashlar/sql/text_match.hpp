// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <string_view>

// Conditions on a column's text. In `text` the characters % _ \ * have no special meaning; "" is contained in every
// text. The case-insensitive forms match É with é; accents are significant.
//   contains(col<&User::name>, text)       contains_ignoring_case(...)
//   starts_with(col<&User::name>, text)    starts_with_ignoring_case(...)
//   ends_with(col<&User::name>, text)      ends_with_ignoring_case(...)
//   like(col<&User::name>, "A%_")          like_ignoring_case(...)
// In a pattern % stands for any text and _ for one character; \ before one of them makes it literal. Patterns should
// come from the program: a pattern can make a search slow, so use the other conditions for text from clients.
namespace ashlar::sql {

namespace detail {
template <Operand O>
[[nodiscard]] Condition<typename O::Struct> match_text(TextMatch match, LetterCase letters, std::string_view text) {
  static_assert(is_text<typename O::Type>, "this column does not hold text");
  return Condition<typename O::Struct>(ConditionTree::match(match, letters, O::column_name(), std::string(text)));
}
}  // namespace detail

template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> contains(const O&, std::string_view text) {
  return detail::match_text<O>(TextMatch::contains, LetterCase::exact, text);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> contains_ignoring_case(const O&, std::string_view text) {
  return detail::match_text<O>(TextMatch::contains, LetterCase::ignored, text);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> starts_with(const O&, std::string_view text) {
  return detail::match_text<O>(TextMatch::starts_with, LetterCase::exact, text);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> starts_with_ignoring_case(const O&, std::string_view text) {
  return detail::match_text<O>(TextMatch::starts_with, LetterCase::ignored, text);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> ends_with(const O&, std::string_view text) {
  return detail::match_text<O>(TextMatch::ends_with, LetterCase::exact, text);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> ends_with_ignoring_case(const O&, std::string_view text) {
  return detail::match_text<O>(TextMatch::ends_with, LetterCase::ignored, text);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> like(const O&, std::string_view pattern) {
  return detail::match_text<O>(TextMatch::pattern, LetterCase::exact, pattern);
}
template <detail::Operand O>
[[nodiscard]] Condition<typename O::Struct> like_ignoring_case(const O&, std::string_view pattern) {
  return detail::match_text<O>(TextMatch::pattern, LetterCase::ignored, pattern);
}

}  // namespace ashlar::sql
