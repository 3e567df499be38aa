// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

#include <utility>

// Conditions on the related rows of another table (EXISTS, a semi-join):
//
//   from<User>().where(exists<&User::id, &Post::author_id>())                                     has posts
//   from<User>().where(exists<&User::id, &Post::author_id>(col<&Post::published> == true))        has published ones
//   from<User>().where(!exists<&User::id, &Post::author_id>(col<&Post::published> == true))       has none published
//
// The two keys are those of many<...>() and one<...>() (relation.hpp): a column of the row, then the column of the
// other table that must equal it. NULL equals nothing, so a row whose key is NULL has no related rows. The inner
// condition may contain another exists(). The two tables may be the same: exists<&Employee::id,
// &Employee::manager_id>().
//
// It works in reads, updates and deletes. The other table needs an index on its key.
namespace ashlar::sql {

template <auto Own, auto Other>
[[nodiscard]] Condition<detail::StructOf<Own>> exists(Condition<detail::StructOf<Other>> condition = {}) {
  using OwnType = typename detail::Unwrap<detail::ValueOf<Own>>::Type;
  using OtherType = typename detail::Unwrap<detail::ValueOf<Other>>::Type;
  static_assert(Table<detail::StructOf<Own>> && Table<detail::StructOf<Other>>, "the keys are columns of tables");
  static_assert(detail::comparable<OwnType, OtherType>() || detail::comparable<OtherType, OwnType>(),
                "the two keys have different types");
  return Condition<detail::StructOf<Own>>(
      ConditionTree::exists(Column<Own>::column_name(), Column<Other>::column_name(), std::move(condition).tree()));
}

}  // namespace ashlar::sql
