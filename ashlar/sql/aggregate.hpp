// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/computed_columns.hpp"
#include "ashlar/sql/select.hpp"

#include <concepts>
#include <optional>
#include <vector>

// Aggregates over rows (count, sum, ...), into a struct of the program:
//
//   struct CategoryStock {
//     std::optional<std::string> category;           // a column of group_by, by its name
//     std::int64_t products = 0;
//     Money value;
//   };
//   auto rows = co_await select<CategoryStock>()
//                   .from<Product>()
//                   .where(col<&Product::stock> > 0)
//                   .group_by<&Product::category>()
//                   .compute(count_rows.as<&CategoryStock::products>(),
//                            sum<&Product::price>.as<&CategoryStock::value>())
//                   .having(count_rows >= 2)
//                   .order_by(descending(sum<&Product::price>), asc<&Product::category>)
//                   .all(db);                                         // Result<std::vector<CategoryStock>>
//   auto all = co_await select<Totals>().from<Product>()
//                   .compute(avg<&Product::price>.as<&Totals::price>()).one(db);    // Result<Totals>: one row, always
//
// Types are exact. A count and a sum of integers are std::int64_t. A sum and an average of Money are Money; the average
// is rounded to the nearest minor unit, halves away from zero. Any other average is a double. min and max have the
// column's type. Over no values all but the counts are NULL, so without group_by, or over a nullable column, the member
// must be optional. sum<...>.or_zero() is never NULL. A sum that does not fit 64 bits is an error or throws
// std::logic_error; it never wraps around.
namespace ashlar::sql {

// Each over a column, ignoring NULL. count_rows counts rows.
inline constexpr detail::Aggregate<Function::count_rows, nullptr> count_rows{};
template <auto Member>
inline constexpr detail::Aggregate<Function::count, Member> count{};
template <auto Member>
inline constexpr detail::Aggregate<Function::count_distinct, Member> count_distinct{};
template <auto Member>
inline constexpr detail::Sum<Member> sum{};
template <auto Member>
inline constexpr detail::Aggregate<detail::avg_of<Member>, Member> avg{};
template <auto Member>
inline constexpr detail::Aggregate<Function::min, Member> min{};
template <auto Member>
inline constexpr detail::Aggregate<Function::max, Member> max{};

template <detail::IsAggregate A>
[[nodiscard]] constexpr detail::GroupOrder<A> ascending(A) {
  return detail::group_order<A>(OrderTerm::Direction::ascending);
}
template <detail::IsAggregate A>
[[nodiscard]] constexpr detail::GroupOrder<A> descending(A) {
  return detail::group_order<A>(OrderTerm::Direction::descending);
}

// Computed rows: one per group, or a single one without groups.
template <class Out, class Tables, bool Grouped>
class Computed;

template <class Out, class... Tables, bool Grouped>
class Computed<Out, detail::TableList<Tables...>, Grouped> {
 public:
  explicit Computed(detail::SelectParts parts) : parts_(std::move(parts)) {}

  // Which groups: conditions on aggregates, `count_rows > 3`.
  template <class Self>
  Self&& having(this Self&& self, Condition<detail::Group<void>, detail::Group<Tables>...> condition) {
    self.parts_.having = ConditionTree::both(std::move(self.parts_.having), std::move(condition).tree());
    return std::forward<Self>(self);
  }
  // By columns of group_by, or by aggregates.
  template <class Self>
  Self&& order_by(this Self&& self,
                  detail::OrderOf<Tables..., detail::Group<void>, detail::Group<Tables>...> auto const&... orders) {
    (self.parts_.orders.push_back(
         detail::order_of_group<Tables..., detail::Group<void>, detail::Group<Tables>...>(orders, self.parts_.groups)),
     ...);
    return std::forward<Self>(self);
  }
  template <class Self, class L>
  Self&& limit(this Self&& self, const L& rows) {
    self.parts_.limit = detail::integer_of(rows);
    return std::forward<Self>(self);
  }

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Executor& executor) const {
    return detail::all_rows<Out>(executor, statement(executor.dialect()));
  }
  // The first group, if any.
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) const
    requires Grouped
  {
    return detail::first_row<Out>(executor, parts_.first(executor.dialect(), {}));
  }
  // The only row.
  [[nodiscard]] Task<Result<Out>> one(Executor& executor) const
    requires(!Grouped)
  {
    return detail::only_row<Out>(executor, statement(executor.dialect()));
  }
  [[nodiscard]] Statement statement(Dialect dialect) const { return parts_.rows(dialect, {}); }

 private:
  detail::SelectParts parts_;
};

// Groups rows with equal values in these columns; compute() follows.
template <class Out, class... Tables, auto... Keys>
class Groups<Out, detail::TableList<Tables...>, Keys...> {
 public:
  explicit Groups(detail::SelectParts parts) : parts_(std::move(parts)) {}

  template <class... C>
  [[nodiscard]] Computed<Out, detail::TableList<Tables...>, (sizeof...(Keys) > 0)> compute(C...) && {
    static_assert(detail::ComputedCheck<Out, detail::TableList<Tables...>, detail::KeyList<Keys...>, C...>::value);
    parts_.computed = detail::computed_columns<Out, detail::KeyList<Keys...>, C...>;
    parts_.groups = detail::key_columns<Keys...>;
    return Computed<Out, detail::TableList<Tables...>, (sizeof...(Keys) > 0)>(std::move(parts_));
  }

 private:
  detail::SelectParts parts_;
};

template <Table T, schema::DescribedStruct Out>
template <auto... Keys>
Groups<Out, detail::TableList<T>, Keys...> Select<T, Out>::group_by() && {
  static_assert((std::same_as<T, detail::StructOf<Keys>> && ...), "the column belongs to another table");
  return Groups<Out, detail::TableList<T>, Keys...>(std::move(this->parts_));
}

template <Table T, schema::DescribedStruct Out>
template <class... C>
auto Select<T, Out>::compute(C... computed) && {
  return Groups<Out, detail::TableList<T>>(std::move(this->parts_)).compute(computed...);
}

}  // namespace ashlar::sql
