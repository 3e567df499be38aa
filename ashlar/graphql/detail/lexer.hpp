// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/graphql/request_error.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::graphql::detail {

struct Token {
  enum class Kind : std::uint8_t { end, punctuator, name, integer, floating, string };

  Kind kind = Kind::end;
  std::string text;  // of a string: its content; else as written
  Location at = {};
};

// The tokens of a document (specification, section 2.1). The source is well-formed UTF-8 and outlives the lexer.
class Lexer {
 public:
  explicit Lexer(std::string_view source);

  // The next token; after the last one, Kind::end each time. Error graphql.syntax_error.
  [[nodiscard]] std::expected<Token, RequestError> next();

 private:
  using Read = std::expected<Token, RequestError>;

  [[nodiscard]] bool has(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool ended() const { return at_ >= source_.size(); }
  void skip_ignored();
  void end_line();
  [[nodiscard]] Location here() const;
  [[nodiscard]] std::unexpected<RequestError> refuse(std::string message) const;
  [[nodiscard]] std::string found() const;
  Read number(Location at);
  bool digits();
  Read string(Location at);
  Read block_string(Location at);
  [[nodiscard]] std::expected<void, RequestError> escape(std::string& out);
  [[nodiscard]] std::optional<std::uint32_t> hex(std::size_t digits_max);

  const std::string_view source_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  // The column of a place in this line that was asked for before, so that a long line is counted once.
  mutable std::size_t counted_to_ = 0;
  mutable std::uint32_t counted_column_ = 1;
};

// The content of a block string (section 2.9.4.1): without the common indentation and the blank lines around it.
[[nodiscard]] std::string block_string_value(std::string_view raw);

}  // namespace ashlar::graphql::detail
