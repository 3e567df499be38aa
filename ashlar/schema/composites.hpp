// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/describe.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// Types that contain other values: Nullable, Defaulted, Array and OneOf. std::optional and std::vector are described as
// well. All are values.
namespace ashlar {

// Must be present, may be null. `std::optional<T>` is the opposite: may be absent, is never null. A PATCH member that
// can be left unchanged, set or cleared is a `std::optional<Nullable<T>>`. Both are NULL in SQL.
template <class T>
class Nullable {
 public:
  Nullable() = default;
  Nullable(std::nullopt_t) {}                      // NOLINT(google-explicit-constructor): as std::optional
  Nullable(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Nullable(std::optional<T> value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return value_.has_value(); }
  explicit operator bool() const { return has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return &*value_; }
  T& emplace() { return value_.emplace(); }
  void reset() { value_.reset(); }
  [[nodiscard]] const std::optional<T>& as_optional() const { return value_; }
  friend bool operator==(const Nullable&, const Nullable&) = default;

 private:
  std::optional<T> value_;
};

// An integer, a bool, an enumerator or a constrained integer that is `Value` when absent:
// `Defaulted<Int<1, 100>, 20> limit;`
template <class T, auto Value>
class Defaulted {
 public:
  using value_type = T;
  static T fallback() {
    if constexpr (requires { T::of(Value); }) {
      return T::of(Value);
    } else {
      return T{Value};
    }
  }
  Defaulted() : value_(fallback()) {}
  Defaulted(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): stands in for a T
  [[nodiscard]] const T& value() const { return value_; }
  [[nodiscard]] T& value() { return value_; }
  operator const T&() const { return value_; }  // NOLINT(google-explicit-constructor)
  const T& operator*() const { return value_; }

 private:
  T value_;
};

// A vector of Min to Max items. A plain std::vector is bounded by ReadOptions::array_items_max only.
template <class T, std::size_t Min, std::size_t Max>
class Array : public std::vector<T> {
  static_assert(!std::is_same_v<T, bool>, "a vector of bool holds no bools; use an enumeration or std::uint8_t");

 public:
  using std::vector<T>::vector;
  static constexpr std::size_t items_min = Min;
  static constexpr std::size_t items_max = Max;
};

// A string literal as a template argument.
template <std::size_t N>
struct Literal {
  char text[N]{};
  consteval Literal(const char (&value)[N]) {  // NOLINT(google-explicit-constructor): a literal as template argument
    for (std::size_t i = 0; i < N; ++i) text[i] = value[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

// A tagged union: the member `Tag` selects the alternative that the object's other members describe. Each alternative
// is a described struct with `static constexpr std::string_view tag = "card";`; the tag itself is not a member of it.
//   using Payment = OneOf<"type", Card, Transfer>;      {"type": "card", "number": ...}
template <Literal Tag, class... Alternatives>
class OneOf : public std::variant<Alternatives...> {
 public:
  using std::variant<Alternatives...>::variant;
  static constexpr std::string_view tag_name = Tag.view();
};

}  // namespace ashlar

#include "ashlar/schema/detail/describe_composites.hpp"  // IWYU pragma: export
