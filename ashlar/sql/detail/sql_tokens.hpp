// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/dialect.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A script of SQL as statements of tokens, by the lexical rules of SQLite or PostgreSQL. What stands in a string, a
// comment or a quoted name is never taken for a keyword.
namespace ashlar::sql::detail {

struct SqlToken {
  enum class Kind : unsigned char { word, name, text, number, symbol };
  Kind kind = Kind::word;
  // A word in lower case; the content of a quoted name (in lower case in SQLite, whose names have no case) or of a
  // string; one character of the others.
  std::string text;
  std::size_t line = 1;  // from 1

  // A keyword or a symbol; no quoted name or string is one.
  [[nodiscard]] bool is(std::string_view keyword) const {
    return (kind == Kind::word || kind == Kind::symbol) && text == keyword;
  }
};

struct SqlComment {
  std::string text;  // without its marks and the white space around it
  std::size_t line = 1;
};

struct SqlStatement {
  std::vector<SqlToken> tokens;      // without the semicolon; never empty
  std::vector<SqlComment> comments;  // before it, in it, and after it in the line of its semicolon
};

struct SqlScript {
  std::vector<SqlStatement> statements;
  std::vector<SqlComment> trailing;  // after the last statement
  struct Fault {
    std::string what;
    std::size_t line = 1;
  };
  // Where the text cannot be read any further, such as an unterminated string; the statements before it are complete.
  std::optional<Fault> fault;
};

// Linear in the size of the text.
SqlScript read_sql(std::string_view text, Dialect dialect);

}  // namespace ashlar::sql::detail
