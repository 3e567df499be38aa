// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/clauses.hpp"
#include "ashlar/sql/detail/include_loader.hpp"

#include <concepts>
#include <optional>
#include <vector>

// The related rows of a row, by a column of its own and one of another table:
//
//   many<&User::id, &Post::author_id>(5)     the posts of a user, at most 5 each; fills a std::vector
//   one<&Post::author_id, &User::id>()       the author of a post; fills a struct, or an optional one
//
// An optional member is absent when there is no row. A struct requires a row and throws std::logic_error without one; a
// foreign key ensures that there is one. A relation has where() and order_by(), and include() for the related rows of
// its own rows.
namespace ashlar::sql {

namespace detail {

// The element type of a member that holds rows.
template <class Member>
struct RowsOf {
  using Row = typename Unwrap<Member>::Type;
  static constexpr bool many = false;
};
template <class Item>
struct RowsOf<std::vector<Item>> {
  using Row = Item;
  static constexpr bool many = true;
};

template <auto Member, class Relation>
IncludeTerm include_term(Relation relation) {
  using Rows = RowsOf<ValueOf<Member>>;
  static_assert(Rows::many == Relation::many,
                "many<...>() fills a std::vector, one<...>() a struct or an optional one");
  static_assert(Relation::template gives<typename Rows::Row>(),
                "a member of the included struct is neither a column of the other table nor included itself");
  auto term = std::move(relation).term();
  term.member = member_name<Member>();
  term.row_type = &schema::type_of<typename Rows::Row>;
  return term;
}

}  // namespace detail

// The related rows: those of Other's table whose `Other` equals the row's `Own`.
template <auto Own, auto Other, bool Many, auto... Included>
class Relation : public Clauses<detail::StructOf<Other>> {
  using Owner = detail::StructOf<Own>;
  using Child = detail::StructOf<Other>;
  using OwnType = typename detail::Unwrap<detail::ValueOf<Own>>::Type;
  using OtherType = typename detail::Unwrap<detail::ValueOf<Other>>::Type;
  static_assert(Table<Owner> && Table<Child>, "a relation's keys are columns of tables");
  static_assert(detail::comparable<OwnType, OtherType>() || detail::comparable<OtherType, OwnType>(),
                "the two keys of a relation have different types");

 public:
  using Of = Owner;
  static constexpr bool many = Many;

  explicit Relation(std::optional<std::int64_t> rows_of_each_max)
      : Relation({.table = table_name<Child>}, rows_of_each_max, {}) {}
  Relation(detail::SelectParts parts, std::optional<std::int64_t> rows_of_each_max,
           std::vector<detail::IncludeTerm> nested)
      : Clauses<Child>(std::move(parts)), rows_of_each_max_(rows_of_each_max), nested_(std::move(nested)) {}

  // The related rows of these rows.
  template <auto Member, class R>
  [[nodiscard]] Relation<Own, Other, Many, Included..., Member> include(R relation) && {
    static_assert(std::same_as<Child, typename R::Of>, "the relation's own key is a column of another table");
    nested_.push_back(detail::include_term<Member>(std::move(relation)));
    return {std::move(this->parts_), rows_of_each_max_, std::move(nested_)};
  }

  template <class Row>
  static consteval bool gives() {
    return detail::is_part_of<Child, Row, Included...>() && (std::same_as<Row, detail::StructOf<Included>> && ...);
  }
  [[nodiscard]] detail::IncludeTerm term() && {
    return {.member = {},
            .own_key = Column<Own>::column_name(),
            .own_key_type = &schema::type_of<detail::ValueOf<Own>>,
            .other_key = Column<Other>::column_name(),
            .other_key_type = &schema::type_of<detail::ValueOf<Other>>,
            .row_type = nullptr,
            .rows = std::move(this->parts_),
            .rows_of_each_max = rows_of_each_max_,
            .nested = std::move(nested_)};
  }

 private:
  std::optional<std::int64_t> rows_of_each_max_;
  std::vector<detail::IncludeTerm> nested_;
};

template <auto Own, auto Other>
[[nodiscard]] Relation<Own, Other, true> many(std::int64_t rows_of_each_max) {
  return Relation<Own, Other, true>(rows_of_each_max);
}
template <auto Own, auto Other>
[[nodiscard]] Relation<Own, Other, false> one() {
  return Relation<Own, Other, false>(std::nullopt);
}

}  // namespace ashlar::sql
