// SPDX-License-Identifier: Apache-2.0
#include "ashlar/schema/json_object.hpp"

#include <cstddef>

namespace ashlar {

namespace {

// Positions in well-formed JSON.
std::size_t skip_space(std::string_view json, std::size_t at) {
  const std::size_t found = json.find_first_not_of(" \t\r\n", at);
  return found == std::string_view::npos ? json.size() : found;
}

// After the closing quote of the string that begins at `at`.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) at += json[at] == '\\' ? 1 : 0;
  return at + 1;
}

// Of a value inside an object: at the comma or the brace that follows it, or at white space before that.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  for (std::size_t depth = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') {
      at = end_of_string(json, at) - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']' || c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n') && depth == 0) {
      return at;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return at;
}

}  // namespace

std::optional<std::string_view> JsonObject::member(std::string_view name) const {
  const std::string_view json = text_;
  std::size_t at = skip_space(json, skip_space(json, 0) + 1);
  while (at < json.size() && json[at] == '"') {
    const std::size_t name_end = end_of_string(json, at);
    const std::string_view found = json.substr(at + 1, name_end - at - 2);
    const std::size_t value = skip_space(json, skip_space(json, name_end) + 1);
    const std::size_t value_end = end_of_value(json, value);
    if (found == name) return json.substr(value, value_end - value);
    at = skip_space(json, value_end);
    if (at < json.size() && json[at] == ',') at = skip_space(json, at + 1);
  }
  return std::nullopt;
}

}  // namespace ashlar
