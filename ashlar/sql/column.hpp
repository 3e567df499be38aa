// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/assignment.hpp"
#include "ashlar/sql/condition.hpp"
#include "ashlar/sql/detail/column_types.hpp"
#include "ashlar/sql/list_column.hpp"

#include <initializer_list>
#include <ranges>

// Columns as values, from pointers to members: `col<&User::email>`. A value of the wrong type does not compile.
//
//   col<&User::email> == "a@example.com"       == != < <= > >=
//   col<&Post::edited_at> > col<&Post::created_at>
//   col<&User::role>.in({Role::admin, Role::editor})       an empty list: never true
//   col<&User::role>.not_in(roles)                         an empty list: always true
//   col<&User::age>.between(18, 65)            inclusive
//   col<&User::age>.is_null()                  == with an optional does not compile: NULL equals nothing in SQL
//
// text_match.hpp has conditions on text, list_column.hpp on lists. A list holds at most 32,768 values; a statement has
// at most 65,535 parameters in PostgreSQL and 32,766 in SQLite; more is database.failed.
namespace ashlar::sql {

template <auto Member>
struct Column : detail::ListConditions<detail::StructOf<Member>, detail::ValueOf<Member>, Column<Member>> {
  using Struct = detail::StructOf<Member>;
  using Type = detail::ValueOf<Member>;
  static_assert(Table<Struct>, "a column's struct needs ASHLAR_TABLE");
  static constexpr std::string_view name = detail::member_name<Member>();

  static constexpr ColumnName column_name() { return {.table = table_name<Struct>, .column = name}; }

  template <std::ranges::input_range Values>
  [[nodiscard]] Condition<Struct> in(const Values& values) const {
    return Condition<Struct>(ConditionTree::in(column_name(), list_of(values)));
  }
  template <class V>
  [[nodiscard]] Condition<Struct> in(std::initializer_list<V> values) const {
    return in(std::ranges::subrange(values.begin(), values.end()));
  }
  template <std::ranges::input_range Values>
  [[nodiscard]] Condition<Struct> not_in(const Values& values) const {
    return Condition<Struct>(ConditionTree::not_in(column_name(), list_of(values)));
  }
  template <class V>
  [[nodiscard]] Condition<Struct> not_in(std::initializer_list<V> values) const {
    return not_in(std::ranges::subrange(values.begin(), values.end()));
  }
  template <class Low, class High>
  [[nodiscard]] Condition<Struct> between(const Low& low, const High& high) const {
    return Condition<Struct>(
        ConditionTree::between(column_name(), detail::value_for<Type>(low), detail::value_for<Type>(high)));
  }
  [[nodiscard]] Condition<Struct> is_null() const { return Condition<Struct>(ConditionTree::is_null(column_name())); }
  [[nodiscard]] Condition<Struct> is_not_null() const { return !is_null(); }

  // NOLINTBEGIN(misc-unconventional-assign-operator): an SQL assignment; does not assign to this
  template <class V>
  Assignment<Struct> operator=(const V& value) const {
    return {{.column = name, .value = detail::assigned_value_for<Type>(value)}};
  }
  template <auto Other>
  Assignment<Struct> operator=(const Column<Other>&) const {
    return from_column<Other>(AssignmentTerm::Kind::set, AssignmentTerm::Source::column);
  }
  template <auto Other>
  Assignment<Struct> operator=(const Inserted<Other>&) const {
    return from_column<Other>(AssignmentTerm::Kind::set, AssignmentTerm::Source::inserted);
  }
  template <class V>
  Assignment<Struct> operator+=(const V& value) const {
    require_number();
    return {{.kind = AssignmentTerm::Kind::add, .column = name, .value = detail::value_for<Type>(value)}};
  }
  template <auto Other>
  Assignment<Struct> operator+=(const Inserted<Other>&) const {
    require_number();
    return from_column<Other>(AssignmentTerm::Kind::add, AssignmentTerm::Source::inserted);
  }
  // NOLINTEND(misc-unconventional-assign-operator)

 private:
  static consteval void require_number() {
    static_assert(detail::is_countable<Type>, "only a column of numbers can be added to");
  }
  template <auto Other>
  static Assignment<Struct> from_column(AssignmentTerm::Kind kind, AssignmentTerm::Source source) {
    static_assert(std::same_as<Struct, detail::StructOf<Other>>, "the column belongs to another table");
    static_assert(detail::AssignableWith<Type, detail::ValueOf<Other>>, "the other column has another type");
    return {{.kind = kind, .source = source, .column = name, .other = detail::member_name<Other>()}};
  }
  template <class Values>
  static std::vector<Value> list_of(const Values& values) {
    std::vector<Value> list;
    for (const auto& value : values) list.push_back(detail::value_for<Type>(value));
    return list;
  }
};

template <auto Member>
inline constexpr Column<Member> col{};

template <auto Member>
using ConditionOn = Condition<typename Column<Member>::Struct>;

namespace detail {

// The operands of a condition: a column, a path in a JSON column, a column of the row that an upsert inserts.
template <class O>
concept Operand = requires {
  typename O::Struct;
  typename O::Type;
  { O::column_name() } -> std::same_as<ColumnName>;
  requires !requires { typename O::Argument; };  // an aggregate has its own conditions
};

template <Operand O, class V>
Condition<typename O::Struct> compare(Comparison comparison, const V& value) {
  return Condition<typename O::Struct>(
      ConditionTree::compare(comparison, O::column_name(), value_for<typename O::Type>(value)));
}

// Two columns: of one table, or of two that are joined.
template <Operand O, Operand P>
auto compare(Comparison comparison) {
  using A = typename Unwrap<typename O::Type>::Type;
  using B = typename Unwrap<typename P::Type>::Type;
  static_assert(comparable<A, B>() || comparable<B, A>(), "the two columns have different types");
  return TablesOf<Condition<typename O::Struct>, Condition<typename P::Struct>>(
      ConditionTree::compare(comparison, O::column_name(), P::column_name()));
}

}  // namespace detail

template <detail::Operand O, class V>
[[nodiscard]] Condition<typename O::Struct> operator==(const O&, const V& value) {
  return detail::compare<O>(Comparison::equal, value);
}
template <detail::Operand O, class V>
[[nodiscard]] Condition<typename O::Struct> operator!=(const O&, const V& value) {
  return detail::compare<O>(Comparison::not_equal, value);
}
template <detail::Operand O, class V>
[[nodiscard]] Condition<typename O::Struct> operator<(const O&, const V& value) {
  return detail::compare<O>(Comparison::less, value);
}
template <detail::Operand O, class V>
[[nodiscard]] Condition<typename O::Struct> operator<=(const O&, const V& value) {
  return detail::compare<O>(Comparison::less_or_equal, value);
}
template <detail::Operand O, class V>
[[nodiscard]] Condition<typename O::Struct> operator>(const O&, const V& value) {
  return detail::compare<O>(Comparison::greater, value);
}
template <detail::Operand O, class V>
[[nodiscard]] Condition<typename O::Struct> operator>=(const O&, const V& value) {
  return detail::compare<O>(Comparison::greater_or_equal, value);
}

template <detail::Operand O, detail::Operand P>
[[nodiscard]] auto operator==(const O&, const P&) {
  return detail::compare<O, P>(Comparison::equal);
}
template <detail::Operand O, detail::Operand P>
[[nodiscard]] auto operator!=(const O&, const P&) {
  return detail::compare<O, P>(Comparison::not_equal);
}
template <detail::Operand O, detail::Operand P>
[[nodiscard]] auto operator<(const O&, const P&) {
  return detail::compare<O, P>(Comparison::less);
}
template <detail::Operand O, detail::Operand P>
[[nodiscard]] auto operator<=(const O&, const P&) {
  return detail::compare<O, P>(Comparison::less_or_equal);
}
template <detail::Operand O, detail::Operand P>
[[nodiscard]] auto operator>(const O&, const P&) {
  return detail::compare<O, P>(Comparison::greater);
}
template <detail::Operand O, detail::Operand P>
[[nodiscard]] auto operator>=(const O&, const P&) {
  return detail::compare<O, P>(Comparison::greater_or_equal);
}

}  // namespace ashlar::sql
