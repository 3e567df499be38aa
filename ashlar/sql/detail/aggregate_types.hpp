// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/clauses.hpp"

#include <concepts>
#include <type_traits>

// The kinds of aggregates and their result types.
namespace ashlar::sql::detail {

// Represents the groups of a table's rows where a table represents its rows.
template <class T>
struct Group {};
template <auto... Keys>
struct KeyList {};

template <auto Member>
struct ColumnOf {
  using Struct = StructOf<Member>;
  using Type = typename Unwrap<ValueOf<Member>>::Type;
  static constexpr bool nullable = Unwrap<ValueOf<Member>>::nullable;
  static constexpr ColumnName name = Column<Member>::column_name();
};
template <>
struct ColumnOf<nullptr> {
  using Struct = void;
  using Type = std::int64_t;
  static constexpr bool nullable = false;
  static constexpr ColumnName name{};
};

template <auto Member>
inline constexpr Function avg_of = is_money<typename ColumnOf<Member>::Type> ? Function::avg_money : Function::avg;

template <Function F, class C>
struct ResultOf {
  using Type = C;  // min, max
};
template <Function F, class C>
  requires(F == Function::count_rows || F == Function::count || F == Function::count_distinct)
struct ResultOf<F, C> {
  using Type = std::int64_t;
};
template <Function F, class C>
  requires(F == Function::sum || F == Function::sum_or_zero || F == Function::avg_money)
struct ResultOf<F, C> {
  using Type = std::conditional_t<is_money<C>, Money, std::conditional_t<Integer<C>, std::int64_t, double>>;
};
template <class C>
struct ResultOf<Function::avg, C> {
  using Type = double;
};

template <class Aggregate, auto Member>
struct As {
  using Of = Aggregate;
  static constexpr auto member = Member;
};

template <Function F, auto Member>
struct Aggregate {
  using Struct = typename ColumnOf<Member>::Struct;
  using Argument = typename ColumnOf<Member>::Type;
  using Type = typename ResultOf<F, Argument>::Type;
  static constexpr bool counts = F == Function::count_rows || F == Function::count || F == Function::count_distinct;
  static constexpr bool sums =
      F == Function::sum || F == Function::sum_or_zero || F == Function::avg || F == Function::avg_money;
  static_assert(!sums || is_countable<Argument>, "only a column of numbers has a sum or an average");
  static_assert(counts || sums || is_countable<Argument> || TextLike<Argument> || std::same_as<Argument, Timestamp>,
                "only numbers, amounts, text and timestamps have a minimum and a maximum");
  // Whether it can be NULL: over no rows, or over rows that are all NULL.
  static constexpr bool null_over_nothing = !counts && F != Function::sum_or_zero;
  static constexpr bool null_over_null = null_over_nothing && ColumnOf<Member>::nullable;

  static constexpr ColumnName column_name() {
    return {.table = ColumnOf<Member>::name.table, .column = ColumnOf<Member>::name.column, .function = F};
  }
  // Into this member of the selected struct.
  template <auto Into>
  [[nodiscard]] constexpr As<Aggregate, Into> as() const {
    return {};
  }
};

template <auto Member>
struct Sum : Aggregate<Function::sum, Member> {
  [[nodiscard]] constexpr Aggregate<Function::sum_or_zero, Member> or_zero() const { return {}; }
};

template <class A>
concept IsAggregate = requires {
  typename A::Argument;
  { A::null_over_nothing } -> std::convertible_to<bool>;
};
template <class A>
using GroupOrder = Order<Group<typename A::Struct>>;
template <class A>
using GroupCondition = Condition<Group<typename A::Struct>>;

template <class A>
consteval GroupOrder<A> group_order(OrderTerm::Direction direction) {
  return {{.direction = direction,
           .column = A::column_name(),
           .nullable = A::null_over_nothing,
           .type = &schema::type_of<typename A::Type>}};
}

template <class A, class V>
GroupCondition<A> compare_group(Comparison comparison, const V& value) {
  return GroupCondition<A>(ConditionTree::compare(comparison, A::column_name(), value_for<typename A::Type>(value)));
}

template <IsAggregate A, class V>
[[nodiscard]] GroupCondition<A> operator==(const A&, const V& value) {
  return compare_group<A>(Comparison::equal, value);
}
template <IsAggregate A, class V>
[[nodiscard]] GroupCondition<A> operator!=(const A&, const V& value) {
  return compare_group<A>(Comparison::not_equal, value);
}
template <IsAggregate A, class V>
[[nodiscard]] GroupCondition<A> operator<(const A&, const V& value) {
  return compare_group<A>(Comparison::less, value);
}
template <IsAggregate A, class V>
[[nodiscard]] GroupCondition<A> operator<=(const A&, const V& value) {
  return compare_group<A>(Comparison::less_or_equal, value);
}
template <IsAggregate A, class V>
[[nodiscard]] GroupCondition<A> operator>(const A&, const V& value) {
  return compare_group<A>(Comparison::greater, value);
}
template <IsAggregate A, class V>
[[nodiscard]] GroupCondition<A> operator>=(const A&, const V& value) {
  return compare_group<A>(Comparison::greater_or_equal, value);
}

}  // namespace ashlar::sql::detail
