// SPDX-License-Identifier: Apache-2.0
#include "ashlar/mail/detail/dkim_canonical.hpp"

#include "ashlar/core/encoding.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::mail::detail {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

// One space for each run of white space, none at the end.
void append_reduced(std::string_view text, std::string& out) {
  bool spaced = false;
  for (const char c : text) {
    if (is_space(c)) {
      spaced = true;
      continue;
    }
    if (std::exchange(spaced, false)) out += ' ';
    out += c;
  }
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

std::string relaxed_field(std::string_view field) {
  const std::size_t colon = std::min(field.find(':'), field.size());
  std::string_view name = field.substr(0, colon);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  std::string_view value = field.substr(std::min(colon + 1, field.size()));
  while (!value.empty() && is_space(value.front())) value.remove_prefix(1);
  std::string out = ascii_lower(name) + ":";
  append_reduced(value, out);
  return out += "\r\n";
}

}  // namespace

std::vector<std::string> relaxed_fields(std::string_view head) {
  std::vector<std::string> unfolded;
  while (!head.empty()) {
    const std::string_view line = take_line(head);
    if (!line.empty() && is_space(line.front()) && !unfolded.empty()) {
      unfolded.back() += line;
    } else {
      unfolded.emplace_back(line);
    }
  }
  std::ranges::transform(unfolded, unfolded.begin(), relaxed_field);
  return unfolded;
}

std::string relaxed_body(std::string_view body) {
  std::string out;
  out.reserve(body.size() + 2);
  std::size_t end = 0;  // behind the last line that is not empty
  while (!body.empty()) {
    const std::size_t begin = out.size();
    append_reduced(take_line(body), out);
    const bool empty = out.size() == begin;
    out += "\r\n";
    if (!empty) end = out.size();
  }
  out.resize(end);
  return out;
}

}  // namespace ashlar::mail::detail
