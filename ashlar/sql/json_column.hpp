// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <concepts>
#include <string>

// Paths in a JSON column: a member that is a described struct, stored as JSON text in SQLite and as jsonb (or text) in
// PostgreSQL.
//
//   struct Address { Text<1, 80> street; Text<1, 80> city; std::optional<std::int64_t> floor; };
//   struct Customer { Uuid id; Address address; };             // create table ... address jsonb not null
//
//   from<Customer>().where(json<&Customer::address, &Address::city> == "Zürich")
//   from<Customer>().where(json<&Customer::address, &Address::floor> > 3 && ...)
//
// Each further member goes one struct deeper. The value is text, an enumeration, a bool or a number, and has the
// conditions of such a column; an absent or null one is NULL. In PostgreSQL, create an index on the expression that
// `statement()` shows: create index ... on customers ((address::jsonb #>> '{city}')). SQLite reads every row: it allows
// its JSON functions in indexes and checks of a trusted schema only (sqlite::Options::schema).
namespace ashlar::sql {

namespace detail {

template <class T>
consteval JsonContent json_content() {
  static_assert(
      std::same_as<T, bool> || Integer<T> || std::floating_point<T> || TextLike<T> || schema::DescribedEnum<T>,
      "a condition on JSON is one on text, an enumeration, a bool or a number");
  if constexpr (std::same_as<T, bool>) return JsonContent::boolean;
  if constexpr (Integer<T>) return JsonContent::integer;
  if constexpr (std::floating_point<T>) return JsonContent::number;
  return JsonContent::text;
}

// Each member belongs to the struct of the previous member.
template <auto Outer, auto Inner, auto... More>
consteval bool is_path() {
  if constexpr (!std::same_as<typename Unwrap<ValueOf<Outer>>::Type, StructOf<Inner>>) {
    return false;
  } else if constexpr (sizeof...(More) > 0) {
    return is_path<Inner, More...>();
  } else {
    return true;
  }
}

// The name that a member has in JSON. (row_reader.cpp)
std::string_view json_name_of(const schema::Type& type, std::string_view member);

template <auto... Members>
const std::string& json_path() {
  static const std::string path = [] {
    std::string out;
    ((out += out.empty() ? "" : ".", out += json_name_of(schema::type_of<StructOf<Members>>(), member_name<Members>())),
     ...);
    return out;
  }();
  return path;
}

template <auto First, auto... More>
struct LastOf : LastOf<More...> {};
template <auto Last>
struct LastOf<Last> {
  using Type = ValueOf<Last>;
};

}  // namespace detail

template <auto Member, auto... Path>
struct JsonColumn {
  static_assert(sizeof...(Path) > 0 && detail::is_path<Member, Path...>(),
                "each member belongs to the type of the previous member");
  using Struct = typename Column<Member>::Struct;
  using Type = typename detail::LastOf<Path...>::Type;

  static ColumnName column_name() {
    return {.table = table_name<Struct>,
            .column = detail::member_name<Member>(),
            .json_content = detail::json_content<typename detail::Unwrap<Type>::Type>(),
            .json_path = detail::json_path<Path...>()};
  }
  template <std::ranges::input_range Values>
  [[nodiscard]] Condition<Struct> in(const Values& values) const {
    std::vector<Value> list;
    for (const auto& value : values) list.push_back(detail::value_for<Type>(value));
    return Condition<Struct>(ConditionTree::in(column_name(), std::move(list)));
  }
  template <class V>
  [[nodiscard]] Condition<Struct> in(std::initializer_list<V> values) const {
    return in(std::ranges::subrange(values.begin(), values.end()));
  }
  [[nodiscard]] Condition<Struct> is_null() const { return Condition<Struct>(ConditionTree::is_null(column_name())); }
  [[nodiscard]] Condition<Struct> is_not_null() const { return !is_null(); }
};

template <auto Member, auto... Path>
inline constexpr JsonColumn<Member, Path...> json{};

}  // namespace ashlar::sql
