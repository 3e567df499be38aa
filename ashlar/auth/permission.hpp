// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::auth {

// The permission that an operation requires: "verb:resource", such as "update:product". Both parts are 1 to 64
// characters of a-z 0-9 _ - and begin with a letter. A value cannot be malformed.
class Permission {
 public:
  [[nodiscard]] static std::optional<Permission> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view verb() const { return std::string_view(text_).substr(0, colon_); }
  [[nodiscard]] std::string_view resource() const { return std::string_view(text_).substr(colon_ + 1); }

  friend bool operator==(const Permission& a, const Permission& b) { return a.text_ == b.text_; }

 private:
  Permission(std::string_view text, std::size_t colon) : text_(text), colon_(colon) {}

  std::string text_;
  std::size_t colon_;
};

// What an account or a role holds: a permission or a wildcard. Wildcards are "*" (all), "verb:*" (that verb on all
// resources) and "*:resource" (all verbs on that resource). "*:*" is refused: each set has one spelling.
class PermissionPattern {
 public:
  [[nodiscard]] static std::optional<PermissionPattern> parse(std::string_view text);

  [[nodiscard]] bool covers(const Permission& permission) const;
  // Whether it covers every permission that `other` covers.
  [[nodiscard]] bool includes(const PermissionPattern& other) const;
  // "*" alone: every permission.
  [[nodiscard]] bool is_everything() const { return kind_ == Kind::all; }
  // A set of permissions, not a single one.
  [[nodiscard]] bool is_wildcard() const { return kind_ != Kind::exact; }
  [[nodiscard]] const std::string& text() const { return text_; }

  friend bool operator==(const PermissionPattern& a, const PermissionPattern& b) { return a.text_ == b.text_; }

 private:
  enum class Kind : unsigned char { exact, all, verb, resource };
  PermissionPattern(std::string_view text, Kind kind) : text_(text), kind_(kind) {}

  std::string text_;
  Kind kind_;
};

}  // namespace ashlar::auth
