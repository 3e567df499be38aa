// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/describe.hpp"

#include <cassert>
#include <compare>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// Constraint types: values that were checked once, at the edge, and cannot be wrong afterwards.
//
// Each has `T::parse(text or number) -> std::expected<T, Violation>` for what comes from outside, and `T::of(...)`,
// which asserts, for literals of ours. A default-constructed value is one that was not read yet (as a moved-from one):
// reading fails as a whole unless every member was set, so an operation never sees one.
// All are values: they copy, compare and hold no references. Lengths count Unicode code points.
namespace ashlar {

// A string of Min to Max code points, well-formed UTF-8, without NUL.
template <std::size_t Min, std::size_t Max>
class Text;
// An integer of Lo to Hi.
template <std::int64_t Lo, std::int64_t Hi>
class Int;
// An amount of Lo to Hi in minor units (hundredths). On the wire a decimal string with two digits ("12.50"); a JSON
// number with at most two decimals is read, too. The currency stands in a member of its own.
template <std::int64_t Lo, std::int64_t Hi>
class MoneyBetween;
using Money = MoneyBetween<-999'999'999'999'999, 999'999'999'999'999>;

namespace schema::detail {
using schema::Check;
using schema::Violation;
Check check_text(std::string_view text, std::size_t min, std::size_t max);
Check check_integer(std::int64_t value, std::int64_t min, std::int64_t max);
Check check_email(std::string_view text);
Check check_uri(std::string_view text);
std::expected<std::int64_t, Violation> parse_money(std::string_view decimal, std::int64_t min, std::int64_t max);
std::expected<std::int64_t, Violation> parse_money(double number, std::int64_t min, std::int64_t max);
Check check_money(std::int64_t minor_units, std::int64_t min, std::int64_t max);
void append_money(std::int64_t minor_units, std::string& out);
}  // namespace schema::detail

// What the string-shaped constraints share: a checked std::string.
template <class Self>
class CheckedString {
 public:
  static std::expected<Self, schema::Violation> parse(std::string_view text) {
    if (auto violation = Self::check(text)) return std::unexpected(std::move(*violation));
    Self out;
    out.assign(text);
    return out;
  }
  static Self of(std::string_view text) {
    auto out = parse(text);
    assert(out && "the literal breaks its own constraint");
    return std::move(*out);
  }

  [[nodiscard]] const std::string& str() const { return value_; }
  [[nodiscard]] std::string_view view() const { return value_; }
  operator std::string_view() const { return value_; }  // NOLINT(google-explicit-constructor): reads as a string

  friend bool operator==(const CheckedString& a, const CheckedString& b) { return a.value_ == b.value_; }
  friend auto operator<=>(const CheckedString& a, const CheckedString& b) { return a.value_ <=> b.value_; }

 private:
  friend Self;
  CheckedString() = default;
  void assign(std::string_view text) { value_ = text; }
  std::string value_;
};

template <std::size_t Min, std::size_t Max>
class Text : public CheckedString<Text<Min, Max>> {
 public:
  Text() = default;
  static_assert(Min <= Max);
  static constexpr std::size_t length_min = Min;
  static constexpr std::size_t length_max = Max;
  static schema::Check check(std::string_view text) { return schema::detail::check_text(text, Min, Max); }
};

// An address with one @, a local part of 1 to 64 bytes in dot-atom form (RFC 5322 section 3.2.3) and a domain of at
// least two DNS labels; 254 bytes in all (RFC 5321 section 4.5.3.1.3). Kept as it was written; compare without case.
class Email : public CheckedString<Email> {
 public:
  Email() = default;
  static schema::Check check(std::string_view text) { return schema::detail::check_email(text); }
};

// An absolute http or https URL (RFC 3986) with a host and without user information; 2,048 bytes at most.
class Url : public CheckedString<Url> {
 public:
  Url() = default;
  static schema::Check check(std::string_view text) { return schema::detail::check_uri(text); }
};

// A password to be set: 8 to 72 bytes (bcrypt reads no more than 72), well-formed UTF-8, without NUL. Never written
// into a reply, a log or an example.
class Password : public CheckedString<Password> {
 public:
  Password() = default;
  static schema::Check check(std::string_view text);
};

template <std::int64_t Lo, std::int64_t Hi>
class Int {
 public:
  static_assert(Lo <= Hi);
  static constexpr std::int64_t min = Lo;
  static constexpr std::int64_t max = Hi;

  Int() = default;
  static std::expected<Int, schema::Violation> parse(std::int64_t value) {
    if (auto violation = schema::detail::check_integer(value, Lo, Hi)) return std::unexpected(std::move(*violation));
    return Int{value};
  }
  static constexpr Int of(std::int64_t value) {
    assert(value >= Lo && value <= Hi);
    return Int{value};
  }
  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  constexpr operator std::int64_t() const { return value_; }  // NOLINT(google-explicit-constructor): reads as a number

 private:
  constexpr explicit Int(std::int64_t value) : value_(value) {}
  std::int64_t value_ = Lo > 0 ? Lo : (Hi < 0 ? Hi : 0);
};

template <std::int64_t Lo, std::int64_t Hi>
class MoneyBetween {
 public:
  MoneyBetween() = default;
  static std::expected<MoneyBetween, schema::Violation> parse(std::string_view decimal) {
    auto minor_units = schema::detail::parse_money(decimal, Lo, Hi);
    if (!minor_units) return std::unexpected(std::move(minor_units.error()));
    return MoneyBetween{*minor_units};
  }
  static constexpr MoneyBetween of_minor_units(std::int64_t minor_units) {
    assert(minor_units >= Lo && minor_units <= Hi);
    return MoneyBetween{minor_units};
  }
  [[nodiscard]] constexpr std::int64_t minor_units() const { return minor_units_; }
  friend constexpr auto operator<=>(MoneyBetween, MoneyBetween) = default;

 private:
  constexpr explicit MoneyBetween(std::int64_t minor_units) : minor_units_(minor_units) {}
  std::int64_t minor_units_ = 0;
};

// Must be present, may be null. `std::optional<T>` is the other thing: may be absent, is never null. A member of a
// PATCH that can be left alone, set or cleared is `std::optional<Nullable<T>>`. Both are NULL in SQL.
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

// An integer, a bool, an enumerator or a constrained integer that takes `Value` when it is absent:
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

// A vector of Min to Max items. A bare std::vector is bounded by ReadOptions::array_items_max alone.
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

// A tagged union: the member `Tag` says which alternative the rest of the object is. Each alternative is a described
// struct with `static constexpr std::string_view tag = "card";` and does not hold the tag as a member.
//   using Payment = OneOf<"type", Card, Transfer>;      {"type": "card", "number": ...}
template <Literal Tag, class... Alternatives>
class OneOf : public std::variant<Alternatives...> {
 public:
  using std::variant<Alternatives...>::variant;
  static constexpr std::string_view tag_name = Tag.view();
};

}  // namespace ashlar

#include "ashlar/schema/detail/describe_constraints.hpp"  // IWYU pragma: export
