// SPDX-License-Identifier: Apache-2.0
#include "ashlar/web/detail/parameters.hpp"

#include "ashlar/core/ascii.hpp"
#include "ashlar/core/encoding.hpp"
#include "ashlar/http/field_syntax.hpp"
#include "ashlar/web/detail/percent_encoding.hpp"

#include <algorithm>

namespace ashlar::web::detail {

Parameters Parameters::of(std::string_view field_value) {
  const std::size_t end = field_value.find(';');
  return Parameters(end == field_value.npos ? std::string_view{} : field_value.substr(end));
}

Parameters::Found Parameters::next() {
  rest_ = http::trimmed(rest_);
  if (rest_.empty()) return Found::end;
  if (rest_.front() != ';') return Found::malformed;
  while (rest_.starts_with(';')) rest_ = http::trimmed(rest_.substr(1));
  if (rest_.empty()) return Found::end;
  const std::size_t equals = rest_.find('=');
  if (equals == rest_.npos || equals == 0) return Found::malformed;
  name_ = ascii_lower(rest_.substr(0, equals));
  if (!std::ranges::all_of(name_, http::is_token_character)) return Found::malformed;
  rest_.remove_prefix(equals + 1);
  return rest_.starts_with('"') ? take_quoted() : take_token();
}

Parameters::Found Parameters::take_token() {
  const auto end = std::ranges::find_if_not(rest_, http::is_token_character);
  value_.assign(rest_.begin(), end);
  rest_.remove_prefix(value_.size());
  return value_.empty() ? Found::malformed : Found::parameter;
}

Parameters::Found Parameters::take_quoted() {
  value_.clear();
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (c == '"') {
      rest_.remove_prefix(i + 1);
      return Found::parameter;
    }
    const bool escape = c == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '"' || rest_[i + 1] == '\\');
    value_ += escape ? rest_[++i] : c;
  }
  return Found::malformed;
}

bool decode_extended_value(std::string_view value, std::string& out) {
  const std::size_t charset_end = value.find('\'');
  if (charset_end == value.npos || !ascii_iequals(value.substr(0, charset_end), "utf-8")) return false;
  const std::size_t language_end = value.find('\'', charset_end + 1);
  if (language_end == value.npos) return false;
  std::string buffer;
  const auto text = percent_decode(value.substr(language_end + 1), PlusSign::plus, buffer);  // UTF-8, or nullopt
  if (!text) return false;
  out.assign(*text);
  return true;
}

}  // namespace ashlar::web::detail
