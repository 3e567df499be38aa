// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

// Percent-encoding in paths (RFC 3986 section 2.1) and queries (application/x-www-form-urlencoded, WHATWG URL section
// 5), decoded strictly: each % is followed by two hexadecimal digits, and the bytes are well-formed UTF-8 without NUL.
// An escaped slash is a slash inside the value: a path is split into segments before its values are decoded.
namespace ashlar::web {

enum class PlusSign : unsigned char { plus, space };  // the meaning of `+`: itself in a path, a space in a query

// The text itself when there is nothing to decode, otherwise its decoded form in `buffer`. nullopt: malformed.
[[nodiscard]] std::optional<std::string_view> percent_decode(std::string_view text, PlusSign plus, std::string& buffer);

// Iterates over the pairs of a query: `for (QueryPieces pieces(query); pieces.next();)`. Empty pairs ("a=1&&b=2") are
// skipped. Name and value are not decoded.
class QueryPieces {
 public:
  explicit QueryPieces(std::string_view query) : rest_(query) {}
  bool next();
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view value() const { return value_; }

 private:
  std::string_view rest_, name_, value_;
};

}  // namespace ashlar::web
