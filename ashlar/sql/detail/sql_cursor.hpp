// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/sql_tokens.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Reads the tokens of a statement from the left to the right.
namespace ashlar::sql::detail {

class SqlCursor {
 public:
  explicit SqlCursor(std::span<const SqlToken> tokens) : tokens_(tokens) {}

  [[nodiscard]] bool done() const { return tokens_.empty(); }
  [[nodiscard]] std::size_t line() const { return tokens_.empty() ? last_line_ : tokens_.front().line; }
  [[nodiscard]] std::span<const SqlToken> rest() const { return tokens_; }
  [[nodiscard]] bool at(std::string_view keyword) const { return !done() && tokens_.front().is(keyword); }
  // Whether the next words are these.
  [[nodiscard]] bool at_all(std::initializer_list<std::string_view> keywords) const;

  void skip();
  // Passes the keyword, or all of them, if they are next.
  bool take(std::string_view keyword);
  bool take_all(std::initializer_list<std::string_view> keywords);
  bool take_any(std::initializer_list<std::string_view> keywords);

  // A name such as users or shop.users; without `public.` and `main.`. Empty when there is none.
  std::string name();
  // The tokens in the parentheses that begin here, without them; empty when none begin.
  std::span<const SqlToken> parenthesised();
  // The tokens up to the next comma outside parentheses, which is passed.
  std::span<const SqlToken> until_comma();
  // The names in a list such as (a, lower(b)): "a", "lower ( b )".
  std::vector<std::string> list();

 private:
  std::span<const SqlToken> tokens_;
  std::size_t last_line_ = 1;
};

// Joined with spaces.
std::string text_of(std::span<const SqlToken> tokens);
// Whether these words follow one another somewhere outside parentheses.
bool has_outside_parentheses(std::span<const SqlToken> tokens, std::initializer_list<std::string_view> keywords);

}  // namespace ashlar::sql::detail
