// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/aggregate.hpp"
#include "ashlar/sql/detail/nested_columns.hpp"
#include "ashlar/sql/select.hpp"

#include <concepts>
#include <optional>
#include <vector>

// Joined rows of several tables, each in a member of the selected struct:
//
//   struct PostAndAuthor {
//     Post post;
//     User author;
//   };
//   ASHLAR_DESCRIBE(PostAndAuthor, post, author)
//   auto rows = co_await select<PostAndAuthor>()
//                   .from<Post>()
//                   .join<User>(col<&Post::author_id> == col<&User::id>)
//                   .where(col<&User::age> > 18 && col<&Post::published> == true)
//                   .order_by(desc<&Post::created_at>)
//                   .page(1, 20)
//                   .all(db);                                       // Result<std::vector<PostAndAuthor>>
//
// A member is a table's struct, or a smaller one with some of its columns; when that matches several of the tables,
// ASHLAR_TABLE names the table. left_join keeps rows without a partner: its member is std::optional. A condition may
// use each of the tables; it belongs to the join if it uses the new one. A table can be joined once; for a self-join,
// write SQL. For a list of related rows per row, use include (include.hpp).
namespace ashlar::sql {

namespace detail {

template <Table T, JoinKind Kind>
struct Joined {
  using Struct = T;
  static constexpr JoinKind kind = Kind;
};

template <Table B, class... Tables, class... On>
SelectParts with_join(SelectParts parts, JoinKind kind, Condition<On...> on) {
  static_assert(!is_one_of<B, Tables...>, "a table is joined once");
  static_assert(is_one_of<B, On...>, "the condition of a join must use the joined table");
  static_assert((is_one_of<On, B, Tables...> && ...), "the condition uses a table that is not joined");
  parts.joins.push_back({.kind = kind, .table = table_name<B>, .on = std::move(on).tree()});
  return parts;
}

}  // namespace detail

template <class Out, Table First, class... Joined>
class Join : public Clauses<First, typename Joined::Struct...> {
  using Base = Clauses<First, typename Joined::Struct...>;
  using Tables = detail::TableList<First, typename Joined::Struct...>;
  using Nested = detail::NestedColumns<Out, detail::Joined<First, detail::JoinKind::inner>, Joined...>;

 public:
  explicit Join(detail::SelectParts parts) : Base(std::move(parts)) {}

  template <Table B, class... On>
  [[nodiscard]] auto join(Condition<On...> on) && {
    constexpr auto kind = detail::JoinKind::inner;
    return Join<Out, First, Joined..., detail::Joined<B, kind>>(
        detail::with_join<B, First, typename Joined::Struct...>(std::move(this->parts_), kind, std::move(on)));
  }
  template <Table B, class... On>
  [[nodiscard]] auto left_join(Condition<On...> on) && {
    constexpr auto kind = detail::JoinKind::left;
    return Join<Out, First, Joined..., detail::Joined<B, kind>>(
        detail::with_join<B, First, typename Joined::Struct...>(std::move(this->parts_), kind, std::move(on)));
  }
  // Aggregates over the joined rows: aggregate.hpp.
  template <auto... Keys>
  [[nodiscard]] Groups<Out, Tables, Keys...> group_by() && {
    return Groups<Out, Tables, Keys...>(std::move(this->parts_));
  }
  template <class... C>
  [[nodiscard]] auto compute(C... computed) && {
    return Groups<Out, Tables>(std::move(this->parts_)).compute(computed...);
  }

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Executor& executor) const {
    return detail::all_rows<Out>(executor, statement(executor.dialect()), detail::read_nested,
                                 this->parts_.rows_expected());
  }
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) const {
    return detail::first_row<Out>(executor, this->parts_.first(executor.dialect(), Nested::list()),
                                  detail::read_nested);
  }
  // How many joined rows satisfy the conditions.
  [[nodiscard]] Task<Result<std::int64_t>> count(Executor& executor) const {
    return detail::one_integer(executor, this->parts_.count(executor.dialect(), {}));
  }
  [[nodiscard]] Task<Result<bool>> exists(Executor& executor) const {
    return detail::one_bool(executor, this->parts_.exists(executor.dialect()));
  }
  // Two reads, as in Select.
  [[nodiscard]] Task<Result<Page<Out>>> all_and_count(Executor& executor) const {
    return detail::rows_and_total<Out>(executor, statement(executor.dialect()),
                                       this->parts_.count(executor.dialect(), {}), detail::read_nested,
                                       this->parts_.rows_expected());
  }
  [[nodiscard]] Statement statement(Dialect dialect) const { return this->parts_.rows(dialect, Nested::list()); }
};

template <Table T, schema::DescribedStruct Out>
template <Table B, class... On>
Join<Out, T, detail::Joined<B, detail::JoinKind::inner>> Select<T, Out>::join(Condition<On...> on) && {
  constexpr auto kind = detail::JoinKind::inner;
  return Join<Out, T, detail::Joined<B, kind>>(detail::with_join<B, T>(std::move(this->parts_), kind, std::move(on)));
}

template <Table T, schema::DescribedStruct Out>
template <Table B, class... On>
Join<Out, T, detail::Joined<B, detail::JoinKind::left>> Select<T, Out>::left_join(Condition<On...> on) && {
  constexpr auto kind = detail::JoinKind::left;
  return Join<Out, T, detail::Joined<B, kind>>(detail::with_join<B, T>(std::move(this->parts_), kind, std::move(on)));
}

}  // namespace ashlar::sql
