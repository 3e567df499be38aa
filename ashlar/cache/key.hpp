// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ashlar::cache {

// The key of a value, with its type. The text alone identifies the entry: two keys with the same text and different
// types name the same entry, and each type misses the other's value.
template <class T>
class Key {
 public:
  explicit Key(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const& { return text_; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

namespace detail {
// ':' and '%' inside a part are written as %3A and %25, so that different parts never produce the same text.
void append_part(std::string& out, std::string_view part);

template <class Part>
void append(std::string& out, const Part& part) {
  if constexpr (std::convertible_to<const Part&, std::string_view>) {
    append_part(out, part);
  } else if constexpr (std::integral<Part>) {
    static_assert(!std::same_as<Part, bool> && !std::same_as<Part, char>,
                  "a bool or a char is no part of a key: use a text");
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, part).ptr);
  } else {
    static_assert(requires { part.append_to(out); }, "a part of a key is a text, an integer or has append_to(string&)");
    part.append_to(out);
  }
}
}  // namespace detail

// Joins the parts with ':', as `key<Product>("product", id)`: "product:0192...". Parts are texts, integers, Uuids.
template <class T, class... Parts>
[[nodiscard]] Key<T> key(std::string_view first, const Parts&... parts) {
  std::string text;
  text.reserve(first.size() + sizeof...(Parts) * 40);
  detail::append_part(text, first);
  ((text += ':', detail::append(text, parts)), ...);
  return Key<T>(std::move(text));
}

}  // namespace ashlar::cache
