// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/condition.hpp"
#include "ashlar/sql/detail/column_types.hpp"

#include <initializer_list>
#include <ranges>

// Columns as values, from pointers to members: `col<&User::email>`. What does not fit the column's type does not
// compile.
//
//   col<&User::email> == "a@example.com"       == != < <= > >=
//   col<&User::role>.in({Role::admin, Role::editor})
//   col<&User::age>.between(18, 65)            both ends belong to it
//   col<&User::age>.is_null()                  == with an optional does not compile: NULL equals nothing in SQL
//   contains_ignoring_case(col<&User::name>, text)   É finds é; % _ \ are characters like any other
//   starts_with(col<&User::name>, text)
namespace ashlar::sql {

struct AssignmentTerm {
  enum class Kind : unsigned char { set, add } kind;
  std::string_view column;
  Value value;
};
// `col<...> = value`, `col<...> += value`: what an update does to a column of T.
template <class T>
struct Assignment : AssignmentTerm {};

template <auto Member>
struct Column {
  using Struct = detail::StructOf<Member>;
  using Type = detail::ValueOf<Member>;
  static_assert(Table<Struct>, "a column's struct needs ASHLAR_TABLE");
  static constexpr std::string_view name = detail::member_name<Member>();

  static constexpr ColumnName column_name() { return {.table = table_name<Struct>, .column = name}; }

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
  template <class Low, class High>
  [[nodiscard]] Condition<Struct> between(const Low& low, const High& high) const {
    return Condition<Struct>(
        ConditionTree::between(column_name(), detail::value_for<Type>(low), detail::value_for<Type>(high)));
  }
  [[nodiscard]] Condition<Struct> is_null() const { return Condition<Struct>(ConditionTree::is_null(column_name())); }
  [[nodiscard]] Condition<Struct> is_not_null() const { return !is_null(); }

  // NOLINTBEGIN(misc-unconventional-assign-operator): an assignment in SQL, not of this
  template <class V>
  Assignment<Struct> operator=(const V& value) const {
    return {{.kind = AssignmentTerm::Kind::set, .column = name, .value = detail::assigned_value_for<Type>(value)}};
  }
  template <class V>
  Assignment<Struct> operator+=(const V& value) const {
    static_assert(detail::is_countable<Type>, "only a column of numbers can be added to");
    return {{.kind = AssignmentTerm::Kind::add, .column = name, .value = detail::value_for<Type>(value)}};
  }
  // NOLINTEND(misc-unconventional-assign-operator)
};

template <auto Member>
inline constexpr Column<Member> col{};

template <auto Member>
using ConditionOn = Condition<typename Column<Member>::Struct>;

template <auto M, class V>
[[nodiscard]] ConditionOn<M> operator==(const Column<M>& column, const V& value) {
  return ConditionOn<M>(ConditionTree::compare(Comparison::equal, column.column_name(),
                                               detail::value_for<typename Column<M>::Type>(value)));
}
template <auto M, class V>
[[nodiscard]] ConditionOn<M> operator!=(const Column<M>& column, const V& value) {
  return ConditionOn<M>(ConditionTree::compare(Comparison::not_equal, column.column_name(),
                                               detail::value_for<typename Column<M>::Type>(value)));
}
template <auto M, class V>
[[nodiscard]] ConditionOn<M> operator<(const Column<M>& column, const V& value) {
  return ConditionOn<M>(ConditionTree::compare(Comparison::less, column.column_name(),
                                               detail::value_for<typename Column<M>::Type>(value)));
}
template <auto M, class V>
[[nodiscard]] ConditionOn<M> operator<=(const Column<M>& column, const V& value) {
  return ConditionOn<M>(ConditionTree::compare(Comparison::less_or_equal, column.column_name(),
                                               detail::value_for<typename Column<M>::Type>(value)));
}
template <auto M, class V>
[[nodiscard]] ConditionOn<M> operator>(const Column<M>& column, const V& value) {
  return ConditionOn<M>(ConditionTree::compare(Comparison::greater, column.column_name(),
                                               detail::value_for<typename Column<M>::Type>(value)));
}
template <auto M, class V>
[[nodiscard]] ConditionOn<M> operator>=(const Column<M>& column, const V& value) {
  return ConditionOn<M>(ConditionTree::compare(Comparison::greater_or_equal, column.column_name(),
                                               detail::value_for<typename Column<M>::Type>(value)));
}

template <auto M>
[[nodiscard]] ConditionOn<M> contains_ignoring_case(const Column<M>& column, std::string_view text) {
  static_assert(detail::is_text<typename Column<M>::Type>, "this column does not hold text");
  return ConditionOn<M>(ConditionTree::contains_ignoring_case(column.column_name(), std::string(text)));
}
template <auto M>
[[nodiscard]] ConditionOn<M> starts_with(const Column<M>& column, std::string_view text) {
  static_assert(detail::is_text<typename Column<M>::Type>, "this column does not hold text");
  return ConditionOn<M>(ConditionTree::starts_with(column.column_name(), std::string(text)));
}

struct OrderTerm {
  enum class Direction : unsigned char { ascending, descending } direction;
  ColumnName column;
  bool nullable;  // PostgreSQL has to be told where NULL goes
};
// What rows of T are ordered by: `asc<&User::name>`, `desc<&User::created_at>`. NULL comes first in ascending order.
template <class T>
struct Order : OrderTerm {};

template <auto Member>
inline constexpr Order<typename Column<Member>::Struct> asc{
    {.direction = OrderTerm::Direction::ascending,
     .column = Column<Member>::column_name(),
     .nullable = detail::Unwrap<typename Column<Member>::Type>::nullable}};
template <auto Member>
inline constexpr Order<typename Column<Member>::Struct> desc{
    {.direction = OrderTerm::Direction::descending,
     .column = Column<Member>::column_name(),
     .nullable = detail::Unwrap<typename Column<Member>::Type>::nullable}};

}  // namespace ashlar::sql
