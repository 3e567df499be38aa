// SPDX-License-Identifier: Apache-2.0
#include "ashlar/http/preconditions.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/http/date.hpp"
#include "ashlar/http/field_syntax.hpp"

#include <algorithm>
#include <charconv>

namespace ashlar::http {
namespace {

bool is_weak(std::string_view tag) { return tag.starts_with("W/"); }
std::string_view opaque(std::string_view tag) { return is_weak(tag) ? tag.substr(2) : tag; }

enum class Comparison : std::uint8_t { strong, weak };  // section 8.8.3.2

bool equal(std::string_view a, std::string_view b, Comparison comparison) {
  if (a.empty() || b.empty()) return false;
  if (comparison == Comparison::strong && (is_weak(a) || is_weak(b))) return false;
  return opaque(a) == opaque(b);
}

// Removes the first entity tag from the front of a list; empty when there is none, which makes the list unparsable.
std::string_view take_tag(std::string_view& list) {
  const std::size_t open = list.starts_with("W/") ? 2 : 0;
  const std::size_t close = list.size() > open && list[open] == '"' ? list.find('"', open + 1) : list.npos;
  if (close == list.npos) return {};
  const std::string_view tag = list.substr(0, close + 1);
  list.remove_prefix(tag.size());
  return tag;
}

bool list_matches(std::string_view list, std::string_view etag, Comparison comparison) {
  list = trimmed(list);
  if (list == "*") return true;  // a representation exists
  while (!list.empty()) {
    if (list.front() == ',' || list.front() == ' ' || list.front() == '\t') {
      list.remove_prefix(1);
      continue;
    }
    const std::string_view tag = take_tag(list);
    if (tag.empty()) return false;
    if (equal(tag, etag, comparison)) return true;
    const std::string_view rest = trimmed(list);
    if (!rest.empty() && rest.front() != ',') return false;
  }
  return false;
}

// A list may be split over several fields.
std::optional<bool> any_matches(const RequestHeaders& headers, std::string_view name, std::string_view etag,
                                Comparison comparison) {
  std::optional<bool> matches;
  for (const Field& field : headers.all()) {
    if (ascii_iequals(field.name, name))
      matches = matches.value_or(false) || list_matches(field.value, etag, comparison);
  }
  return matches;
}

std::optional<std::int64_t> date_of(const RequestHeaders& headers, std::string_view name) {
  const auto value = headers.find(name);
  return value && headers.count(name) == 1 ? parse_http_date(*value) : std::nullopt;
}

// Only digits; a number that is too large becomes the largest one.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} ? value : UINT64_MAX;
}

bool if_range_holds(const RequestHeaders& headers, const Validators& current) {
  const auto condition = headers.find("If-Range");
  if (!condition) return true;
  if (condition->starts_with('"') || is_weak(*condition)) return equal(*condition, current.etag, Comparison::strong);
  const auto date = parse_http_date(*condition);
  return date && date == current.last_modified;
}

}  // namespace

Precondition evaluate_preconditions(Method method, const RequestHeaders& headers, const Validators& current) {
  if (const auto matches = any_matches(headers, "If-Match", current.etag, Comparison::strong)) {
    if (!*matches) return Precondition::failed;
  } else if (const auto since = date_of(headers, "If-Unmodified-Since"); since && current.last_modified) {
    if (*current.last_modified > *since) return Precondition::failed;
  }
  const bool reads = method == Method::get || method == Method::head;
  if (const auto matches = any_matches(headers, "If-None-Match", current.etag, Comparison::weak)) {
    if (*matches) return reads ? Precondition::not_modified : Precondition::failed;
  } else if (const auto since = date_of(headers, "If-Modified-Since"); reads && since && current.last_modified) {
    if (*current.last_modified <= *since) return Precondition::not_modified;
  }
  return Precondition::passed;
}

RangeChoice choose_range(Method method, const RequestHeaders& headers, const Validators& current, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  const auto field = headers.find("Range");
  if (method != Method::get || !field || headers.count("Range") != 1 ||
      !ascii_iequals(field->substr(0, unit.size()), unit) || !if_range_holds(headers, current))
    return {};
  const std::string_view set = trimmed(field->substr(unit.size()));
  const std::size_t dash = set.find('-');
  if (dash == set.npos || set.find(',') != set.npos) return {};
  const auto first = parse_position(set.substr(0, dash));
  const auto last = parse_position(set.substr(dash + 1));
  using Kind = RangeChoice::Kind;
  if (dash == 0) {  // the last N bytes
    if (!last) return {};
    if (*last == 0 || size == 0) return {Kind::unsatisfiable, {}};
    return {Kind::part, {size - std::min(size, *last), size - 1}};
  }
  if (!first || (!last && dash + 1 != set.size()) || (last && *last < *first)) return {};
  if (*first >= size) return {Kind::unsatisfiable, {}};
  return {Kind::part, {*first, last ? std::min(*last, size - 1) : size - 1}};
}

std::string content_range_of(const RangeChoice& choice, std::uint64_t size) {
  const std::string range = choice.kind == RangeChoice::Kind::part
                                ? std::to_string(choice.range.first) + '-' + std::to_string(choice.range.last)
                                : "*";
  return "bytes " + range + '/' + std::to_string(size);
}

}  // namespace ashlar::http
