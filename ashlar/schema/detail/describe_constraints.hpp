// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/schema/constraints.hpp"

#include <concepts>
#include <limits>
#include <type_traits>

// The Types of the constraint types and of the plain types: thin templates over the functions of constraints.cpp.
namespace ashlar::schema {

namespace detail {
template <class T>
Check assign(T& value, std::expected<T, Violation> parsed) {
  if (!parsed) return std::move(parsed.error());
  value = std::move(*parsed);
  return {};
}

// The accessors of a type with `parse(std::string_view)` and `view()`.
template <class T>
void use_text(Type& out) {
  out.access.set_text = [](void* value, std::string_view text) {
    return assign(*static_cast<T*>(value), T::parse(text));
  };
  out.access.append_text = [](const void* value, std::string& text) { text += static_cast<const T*>(value)->view(); };
  out.access.view_text = [](const void* value) { return static_cast<const T*>(value)->view(); };
}
}  // namespace detail

template <>
struct Describe<bool> {
  static Type type() {
    Type out{.kind = Kind::boolean};
    out.access.set_boolean = [](void* value, bool set) -> Check { return *static_cast<bool*>(value) = set, Check{}; };
    out.access.get_boolean = [](const void* value) { return *static_cast<const bool*>(value); };
    return out;
  }
};

template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>)
struct Describe<T> {
  static constexpr std::int64_t min =
      std::is_signed_v<T> ? static_cast<std::int64_t>(std::numeric_limits<T>::min()) : 0;
  static constexpr std::int64_t max = sizeof(T) == 8 ? std::numeric_limits<std::int64_t>::max()
                                                     : static_cast<std::int64_t>(std::numeric_limits<T>::max());
  static Type type() {
    Type out{.kind = Kind::integer, .bounds = {min, max}};
    out.access.set_integer = [](void* value, std::int64_t set) -> Check {
      if (auto violation = detail::check_integer(set, min, max)) return violation;
      *static_cast<T*>(value) = static_cast<T>(set);
      return {};
    };
    out.access.get_integer = [](const void* value) { return static_cast<std::int64_t>(*static_cast<const T*>(value)); };
    return out;
  }
};

template <>
struct Describe<double> {
  static Type type() {
    Type out{.kind = Kind::number};
    out.access.set_number = [](void* value, double set) -> Check {
      return *static_cast<double*>(value) = set, Check{};
    };
    out.access.get_number = [](const void* value) { return *static_cast<const double*>(value); };
    return out;
  }
};

template <>
struct Describe<std::string> {
  static Type type() {
    Type out{.kind = Kind::string};
    out.access.set_text = [](void* value, std::string_view text) -> Check {
      if (auto violation = detail::check_text(text, 0, text.size())) return violation;
      static_cast<std::string*>(value)->assign(text);
      return {};
    };
    out.access.append_text = [](const void* value, std::string& text) {
      text += *static_cast<const std::string*>(value);
    };
    out.access.view_text = [](const void* value) -> std::string_view {
      return *static_cast<const std::string*>(value);
    };
    return out;
  }
};

template <std::size_t Min, std::size_t Max>
struct Describe<Text<Min, Max>> {
  static Type type() {
    Type out{.kind = Kind::string, .bounds = {static_cast<std::int64_t>(Min), static_cast<std::int64_t>(Max)}};
    detail::use_text<Text<Min, Max>>(out);
    return out;
  }
};

// In the syntax of ECMA-262, which JSON Schema uses: see is_display_control().
inline constexpr std::string_view line_pattern =
    R"(^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$)";

template <std::size_t Min, std::size_t Max>
struct Describe<Line<Min, Max>> {
  static Type type() {
    Type out{.kind = Kind::string,
             .pattern = line_pattern,
             .bounds = {static_cast<std::int64_t>(Min), static_cast<std::int64_t>(Max)}};
    detail::use_text<Line<Min, Max>>(out);
    return out;
  }
};

template <>
struct Describe<Email> {
  static Type type();
};
template <>
struct Describe<Url> {
  static Type type();
};
template <>
struct Describe<PasswordText> {
  static Type type();
};
template <>
struct Describe<Uuid> {
  static Type type();
};
template <>
struct Describe<Timestamp> {
  static Type type();
};

template <std::int64_t Lo, std::int64_t Hi>
struct Describe<Int<Lo, Hi>> {
  static Type type() {
    Type out{.kind = Kind::integer, .bounds = {Lo, Hi}};
    out.access.set_integer = [](void* value, std::int64_t set) {
      return detail::assign(*static_cast<Int<Lo, Hi>*>(value), Int<Lo, Hi>::parse(set));
    };
    out.access.get_integer = [](const void* value) { return static_cast<const Int<Lo, Hi>*>(value)->value(); };
    return out;
  }
};

template <std::int64_t Lo, std::int64_t Hi>
struct Describe<MoneyBetween<Lo, Hi>> {
  using Value = MoneyBetween<Lo, Hi>;
  static Type type() {
    Type out{.kind = Kind::string,
             .format = Format::money,
             .pattern = Lo < 0 ? R"(^-?(0|[1-9][0-9]{0,12})\.[0-9]{2}$)" : R"(^(0|[1-9][0-9]{0,12})\.[0-9]{2}$)",
             .bounds = {Lo, Hi}};
    out.access.set_text = [](void* value, std::string_view text) {
      return detail::assign(*static_cast<Value*>(value), Value::parse(text));
    };
    out.access.set_integer = [](void* value, std::int64_t minor_units) -> Check {
      if (auto violation = detail::check_money(minor_units, Lo, Hi)) return violation;
      *static_cast<Value*>(value) = Value::of_minor_units(minor_units);
      return {};
    };
    out.access.set_number = [](void* value, double number) -> Check {
      auto parsed = detail::parse_money(number, Lo, Hi);
      if (!parsed) return std::move(parsed.error());
      *static_cast<Value*>(value) = Value::of_minor_units(*parsed);
      return {};
    };
    out.access.get_integer = [](const void* value) { return static_cast<const Value*>(value)->minor_units(); };
    out.access.append_text = [](const void* value, std::string& text) {
      detail::append_money(static_cast<const Value*>(value)->minor_units(), text);
    };
    out.access.put_text = [](const void* value, char* at) {
      return detail::put_money(static_cast<const Value*>(value)->minor_units(), at);
    };
    return out;
  }
};

}  // namespace ashlar::schema
