// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <string_view>

// Conditions on a column's text. In `text` the characters % _ \ * are like any other; "" is in every text. Without
// regard to case É finds é, and accents count.
//   contains(col<&User::name>, text)       contains_ignoring_case(...)
//   starts_with(col<&User::name>, text)    starts_with_ignoring_case(...)
//   ends_with(col<&User::name>, text)      ends_with_ignoring_case(...)
//   like(col<&User::name>, "A%_")          like_ignoring_case(...)
// In a pattern % stands for any text and _ for one character; \ before one of them makes it a character like any other.
// A pattern is the program's: it can make a search slow, so what a client sends goes into the others.
namespace ashlar::sql {

namespace detail {
template <auto M>
[[nodiscard]] ConditionOn<M> match_text(TextMatch match, LetterCase letters, std::string_view text) {
  static_assert(is_text<typename Column<M>::Type>, "this column does not hold text");
  return ConditionOn<M>(ConditionTree::match(match, letters, Column<M>::column_name(), std::string(text)));
}
}  // namespace detail

template <auto M>
[[nodiscard]] ConditionOn<M> contains(Column<M>, std::string_view text) {
  return detail::match_text<M>(TextMatch::contains, LetterCase::exact, text);
}
template <auto M>
[[nodiscard]] ConditionOn<M> contains_ignoring_case(Column<M>, std::string_view text) {
  return detail::match_text<M>(TextMatch::contains, LetterCase::ignored, text);
}
template <auto M>
[[nodiscard]] ConditionOn<M> starts_with(Column<M>, std::string_view text) {
  return detail::match_text<M>(TextMatch::starts_with, LetterCase::exact, text);
}
template <auto M>
[[nodiscard]] ConditionOn<M> starts_with_ignoring_case(Column<M>, std::string_view text) {
  return detail::match_text<M>(TextMatch::starts_with, LetterCase::ignored, text);
}
template <auto M>
[[nodiscard]] ConditionOn<M> ends_with(Column<M>, std::string_view text) {
  return detail::match_text<M>(TextMatch::ends_with, LetterCase::exact, text);
}
template <auto M>
[[nodiscard]] ConditionOn<M> ends_with_ignoring_case(Column<M>, std::string_view text) {
  return detail::match_text<M>(TextMatch::ends_with, LetterCase::ignored, text);
}
template <auto M>
[[nodiscard]] ConditionOn<M> like(Column<M>, std::string_view pattern) {
  return detail::match_text<M>(TextMatch::pattern, LetterCase::exact, pattern);
}
template <auto M>
[[nodiscard]] ConditionOn<M> like_ignoring_case(Column<M>, std::string_view pattern) {
  return detail::match_text<M>(TextMatch::pattern, LetterCase::ignored, pattern);
}

}  // namespace ashlar::sql
