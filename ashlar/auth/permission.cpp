// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/permission.hpp"

#include <algorithm>

namespace ashlar::auth {
namespace {

constexpr std::size_t part_bytes_max = 64;
constexpr std::string_view any = "*";

bool is_part(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= part_bytes_max && is_letter(text.front()) &&
         std::ranges::all_of(text, allowed);
}

}  // namespace

std::optional<Permission> Permission::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_part(text.substr(0, colon)) || !is_part(text.substr(colon + 1))) {
    return std::nullopt;
  }
  return Permission(text, colon);
}

std::optional<PermissionPattern> PermissionPattern::parse(std::string_view text) {
  if (text == any) return PermissionPattern(text, Kind::all);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view verb = text.substr(0, colon), resource = text.substr(colon + 1);
  if (is_part(verb) && resource == any) return PermissionPattern(text, Kind::verb);
  if (verb == any && is_part(resource)) return PermissionPattern(text, Kind::resource);
  if (is_part(verb) && is_part(resource)) return PermissionPattern(text, Kind::exact);
  return std::nullopt;
}

bool PermissionPattern::covers(const Permission& permission) const {
  const std::string_view text = text_;
  switch (kind_) {
    case Kind::exact:
      return text == permission.text();
    case Kind::all:
      return true;
    case Kind::verb:
      return text.substr(0, text.size() - 2) == permission.verb();
    case Kind::resource:
      return text.substr(2) == permission.resource();
  }
  return false;
}

bool PermissionPattern::includes(const PermissionPattern& other) const {
  if (kind_ == Kind::all || text_ == other.text_) return true;
  const auto exact = Permission::parse(other.text_);  // nullopt for a wildcard
  return exact && covers(*exact);
}

}  // namespace ashlar::auth
