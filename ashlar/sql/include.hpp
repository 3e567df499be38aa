// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/relation.hpp"
#include "ashlar/sql/select.hpp"

#include <concepts>
#include <optional>
#include <vector>

// Rows with their related rows. Each relation costs one more query for all rows together, not one per row:
//
//   struct PostLine {                        // some columns of Post
//     Uuid id;
//     Text<1, 200> title;
//   };
//   struct UserWithPosts {                   // some columns of User, and a member for each relation
//     Uuid id;
//     Text<1, 80> name;
//     std::vector<PostLine> posts;
//   };
//   auto users = co_await select<UserWithPosts>()
//                    .from<User>()
//                    .include<&UserWithPosts::posts>(many<&User::id, &Post::author_id>(5)    // 5 of each user at most
//                                                        .where(col<&Post::published> == true)
//                                                        .order_by(desc<&Post::created_at>))
//                    .order_by(asc<&User::name>)
//                    .page(1, 20)
//                    .all(db);
//
// relation.hpp describes relations. Without an order, the database decides which rows are taken.
//
// Up to 4,096 different keys go into one query. Each query reads the data at the time that it runs; in a PostgreSQL
// transaction with a snapshot, and in any SQLite transaction, all read the same state.
namespace ashlar::sql {

namespace detail {

template <class T>
Task<Result<std::vector<T>>> rows_with_includes(Executor& executor, SelectParts parts, std::vector<IncludeTerm> terms) {
  std::vector<T> rows;
  IncludeLoader loader(schema::type_of<T>(), terms);
  auto statement = parts.rows(executor.dialect(), loader.columns());
  statement.on_row = [&rows, &loader](const Row& row) { loader.read(row, &rows.emplace_back()); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  std::vector<void*> places;
  places.reserve(rows.size());
  for (auto& row : rows) places.push_back(&row);
  auto loaded = co_await loader.load(executor, std::move(places));
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  co_return rows;
}

template <class T>
Task<Result<std::optional<T>>> row_with_includes(Executor& executor, SelectParts parts,
                                                 std::vector<IncludeTerm> terms) {
  parts.limit = 1;
  auto rows = co_await rows_with_includes<T>(executor, std::move(parts), std::move(terms));
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  std::optional<T> first;
  if (!rows->empty()) first = std::move(rows->front());
  co_return first;
}

template <class T>
Task<Result<Page<T>>> page_with_includes(Executor& executor, SelectParts parts, std::vector<IncludeTerm> terms) {
  Page<T> out;
  auto total = parts.count(executor.dialect(), {});
  auto rows = co_await rows_with_includes<T>(executor, std::move(parts), std::move(terms));
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  auto counted = co_await one_integer(executor, std::move(total));
  if (!counted) co_return std::unexpected(std::move(counted.error()));
  out.rows = std::move(*rows);
  out.total = *counted;
  co_return out;
}

}  // namespace detail

// Rows with members that are filled by relations.
template <Table T, class Out, auto... Included>
class Including : public Clauses<T> {
 public:
  Including(detail::SelectParts parts, std::vector<detail::IncludeTerm> terms)
      : Clauses<T>(std::move(parts)), terms_(std::move(terms)) {}

  template <auto Member, class R>
  [[nodiscard]] Including<T, Out, Included..., Member> include(R relation) && {
    static_assert(std::same_as<Out, detail::StructOf<Member>>, "the member belongs to another struct");
    static_assert(std::same_as<T, typename R::Of>, "the relation's own key is a column of another table");
    terms_.push_back(detail::include_term<Member>(std::move(relation)));
    return {std::move(this->parts_), std::move(terms_)};
  }

  [[nodiscard]] Task<Result<std::vector<Out>>> all(Executor& executor) const {
    check();
    return detail::rows_with_includes<Out>(executor, this->parts_, terms_);
  }
  [[nodiscard]] Task<Result<std::optional<Out>>> one(Executor& executor) const {
    check();
    return detail::row_with_includes<Out>(executor, this->parts_, terms_);
  }
  [[nodiscard]] Task<Result<Page<Out>>> all_and_count(Executor& executor) const {
    check();
    return detail::page_with_includes<Out>(executor, this->parts_, terms_);
  }

 private:
  static consteval void check() {
    static_assert(detail::is_part_of<T, Out, Included...>(),
                  "a member is neither a column of the table, with its type, nor included");
  }
  std::vector<detail::IncludeTerm> terms_;
};

template <Table T, schema::DescribedStruct Out>
template <auto Member, class Relation>
Including<T, Out, Member> Select<T, Out>::include(Relation relation) && {
  return Including<T, Out>(std::move(this->parts_), {}).template include<Member>(std::move(relation));
}

}  // namespace ashlar::sql
