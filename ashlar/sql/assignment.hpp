// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/condition.hpp"
#include "ashlar/sql/detail/column_types.hpp"

#include <string_view>

// What an update assigns to a column:
//   col<&User::name> = "Ada"                           col<&Account::balance> += amount
//   col<&Post::edited_at> = col<&Post::created_at>     the row's old value
//   col<&User::name> = inserted<&User::name>           in an upsert: the value of the row to insert
namespace ashlar::sql {

struct AssignmentTerm {
  enum class Kind : unsigned char { set, add } kind{};
  enum class Source : unsigned char { value, column, inserted } source{};
  std::string_view column;
  Value value{};
  std::string_view other{};  // the column that the value is read from
};

template <class T>
struct Assignment : AssignmentTerm {};

// A column of the row that an upsert tried to insert.
template <auto Member>
struct Inserted {
  using Struct = detail::StructOf<Member>;
  using Type = detail::ValueOf<Member>;
  static constexpr ColumnName column_name() { return {.table = "excluded", .column = detail::member_name<Member>()}; }
};
template <auto Member>
inline constexpr Inserted<Member> inserted{};

}  // namespace ashlar::sql
