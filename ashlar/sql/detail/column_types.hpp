// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/table.hpp"

#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <optional>

// Which C++ values match which columns.
namespace ashlar::sql::detail {

template <class T, class V>
V value_type(V T::*);
template <class T, class V>
T struct_type(V T::*);
template <auto Member>
using ValueOf = decltype(value_type(Member));
template <auto Member>
using StructOf = decltype(struct_type(Member));

template <auto Member>
consteval std::string_view member_name() {
  std::string_view found;
  using Members = boost::describe::describe_members<StructOf<Member>, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>([&found](auto described) {
    if constexpr (std::same_as<std::remove_const_t<decltype(described.pointer)>,
                               std::remove_const_t<decltype(Member)>>) {
      if (described.pointer == Member) found = described.name;
    }
  });
  if (found.empty()) throw "the member is not in its struct's ASHLAR_DESCRIBE";  // a compile error
  return found;
}

// Whether each member of Part is a column of T with the same type; skipped members are filled in another way.
template <class T, class Part, auto... Skipped>
consteval bool is_part_of() {
  namespace bd = boost::describe;
  bool all = true;
  boost::mp11::mp_for_each<bd::describe_members<Part, bd::mod_public>>([&all]<class P>(P) {
    bool found = ((std::string_view(P::name) == member_name<Skipped>()) || ...);
    boost::mp11::mp_for_each<bd::describe_members<T, bd::mod_public>>([&found]<class W>(W) {
      found = found || (std::string_view(P::name) == W::name && std::same_as<ValueOf<P::pointer>, ValueOf<W::pointer>>);
    });
    all = all && found;
  });
  return all;
}

// The type of a column that is not NULL.
template <class T>
struct Unwrap {
  using Type = T;
  static constexpr bool nullable = false;
};
template <class T>
struct Unwrap<std::optional<T>> {
  using Type = typename Unwrap<T>::Type;
  static constexpr bool nullable = true;
};
template <class T>
struct Unwrap<Nullable<T>> {
  using Type = typename Unwrap<T>::Type;
  static constexpr bool nullable = true;
};
template <class T, auto Value>
struct Unwrap<Defaulted<T, Value>> : Unwrap<T> {};

template <class T>
inline constexpr bool is_int = false;
template <std::int64_t Lo, std::int64_t Hi>
inline constexpr bool is_int<Int<Lo, Hi>> = true;
template <class T>
inline constexpr bool is_money = false;
template <std::int64_t Lo, std::int64_t Hi>
inline constexpr bool is_money<MoneyBetween<Lo, Hi>> = true;

template <class T>
concept Integer = (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) || is_int<T>;
template <class T>
concept TextLike = std::convertible_to<const T&, std::string_view>;

template <class Column>
inline constexpr bool is_text = TextLike<typename Unwrap<Column>::Type>;
template <class Column>
inline constexpr bool is_countable =
    Integer<typename Unwrap<Column>::Type> || is_money<typename Unwrap<Column>::Type> ||
    std::floating_point<typename Unwrap<Column>::Type>;

// Whether a column of this type can be compared with such a value.
template <class Column, class V>
consteval bool comparable() {
  using C = typename Unwrap<Column>::Type;
  if constexpr (Unwrap<V>::nullable) {
    return false;
  } else if constexpr (std::same_as<C, bool>) {
    return std::same_as<V, bool>;
  } else if constexpr (Integer<C>) {
    return Integer<V>;
  } else if constexpr (std::floating_point<C>) {
    return std::floating_point<V> || Integer<V>;
  } else if constexpr (is_money<C>) {
    return is_money<V>;
  } else if constexpr (TextLike<C>) {
    return TextLike<V>;
  } else {
    return std::same_as<C, V>;  // enumerations, ids, timestamps, and JSON
  }
}

template <class Column, class V>
concept ComparableWith = comparable<Column, typename Unwrap<V>::Type>() && !Unwrap<V>::nullable;

// Whether such a value can be assigned to a column of this type.
template <class Column, class V>
concept AssignableWith =
    comparable<Column, typename Unwrap<V>::Type>() && (Unwrap<Column>::nullable || !Unwrap<V>::nullable);

template <class Column, class V>
Value value_for(const V& value) {
  static_assert(!Unwrap<V>::nullable,
                "compare a column with a value: use is_null() for NULL, and where_if() for an optional condition");
  static_assert(Unwrap<V>::nullable || ComparableWith<Column, V>, "the value does not have the column's type");
  using C = typename Unwrap<Column>::Type;
  if constexpr (Unwrap<V>::nullable || !ComparableWith<Column, V>) {
    return Null{};  // not reached: an assertion has failed
  } else if constexpr (std::integral<V> && !std::same_as<V, bool>) {
    if constexpr (std::floating_point<C>) {
      return static_cast<double>(value);
    } else {
      return static_cast<std::int64_t>(value);
    }
  } else if constexpr (is_int<V> && std::floating_point<C>) {
    return static_cast<double>(value.value());
  } else {
    return to_value(value);
  }
}

template <class Column, class V>
Value assigned_value_for(const V& value) {
  if constexpr (std::same_as<V, std::nullopt_t>) {
    static_assert(Unwrap<Column>::nullable, "this column is never NULL");
    return Null{};
  } else if constexpr (Unwrap<V>::nullable) {
    static_assert(Unwrap<Column>::nullable, "this column is never NULL: use set_if() for a value that may be absent");
    return value.has_value() ? assigned_value_for<Column>(*value) : Value(Null{});
  } else {
    return value_for<Column>(value);
  }
}

// A page number or a size, from a plain integer, an Int or a Defaulted one.
template <class T>
std::int64_t integer_of(const T& value) {
  if constexpr (std::integral<T>) {
    return static_cast<std::int64_t>(value);
  } else {
    return integer_of(value.value());
  }
}

}  // namespace ashlar::sql::detail
