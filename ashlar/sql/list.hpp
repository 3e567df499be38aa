// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/cursor.hpp"
#include "ashlar/sql/detail/list_page.hpp"
#include "ashlar/sql/select.hpp"

#include <cstdint>
#include <optional>
#include <utility>

// Lists whose cost does not grow with the table: a page with a total that is read from a counter or counted up to a
// limit, and pages by cursor (cursor.hpp).
//
//   auto posts = list<Post>().where(col<&Post::published> == true).order_by(in.sort, tie_break<&Post::id>(in.sort));
//   auto page = co_await posts.page_with_total(db, in.page, in.limit, total);   // Result<ListPage<Post>>
//
// An index serves the order without sorting when it begins with the columns that the conditions compare for equality,
// followed by the columns of the order, all in one direction. tie_break uses the sort's direction for the unique
// column.
//
// A page in the second half of a list is read from the end, so the last page costs as much as the first. A page in the
// middle reads half of the index. The total and the rows are two reads: a row written between them is in one of them
// only.
namespace ashlar::sql {

// The unique column after a sort, with the sort's direction.
template <auto Key>
[[nodiscard]] Order<detail::StructOf<Key>> tie_break(Order<detail::StructOf<Key>> sort) {
  return sort.direction == OrderTerm::Direction::ascending ? asc<Key> : desc<Key>;
}

template <Table T, schema::DescribedStruct Out = T>
class List : public Select<T, Out> {
 public:
  // `total` reads one integer: the exact number of rows that the conditions select.
  template <class P, class L>
  [[nodiscard]] Task<Result<ListPage<Out>>> page_with_total(Executor& executor, const P& page, const L& rows,
                                                            Statement total) const {
    return read(executor, page, rows, std::move(total), std::nullopt);
  }
  // Counts at most `rows_max` rows. Beyond that, the total is `rows_max`, and TotalKind::at_least.
  template <class P, class L>
  [[nodiscard]] Task<Result<ListPage<Out>>> page_counted_to(Executor& executor, const P& page, const L& rows,
                                                            std::int64_t rows_max) const {
    return read(executor, page, rows, detail::count_to(this->parts_, executor.dialect(), rows_max + 1), rows_max);
  }

 private:
  template <class P, class L>
  Task<Result<ListPage<Out>>> read(Executor& executor, const P& page, const L& rows, Statement total,
                                   std::optional<std::int64_t> rows_max) const {
    auto parts = this->parts_;
    parts.set_page(detail::integer_of(page), detail::integer_of(rows));
    return detail::list_page<Out>(executor, std::move(parts), std::move(total), rows_max);
  }
};

template <Table T, schema::DescribedStruct Out = T>
[[nodiscard]] List<T, Out> list() {
  return {};
}

}  // namespace ashlar::sql
