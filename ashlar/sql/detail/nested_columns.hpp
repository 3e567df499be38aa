// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/column_types.hpp"
#include "ashlar/sql/detail/select_parts.hpp"

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

// Maps the members of a struct to the joined tables.
namespace ashlar::sql::detail {

// "posts"."id", "posts"."title", ... appended. (row_reader.cpp)
void append_columns(std::string_view table, const schema::Type& type, std::string& out);

inline constexpr std::size_t no_table = 1000;
inline constexpr std::size_t several_tables = 1001;

// Whether a part has a column that is never NULL, which distinguishes a row from no row.
template <class Part>
consteval bool has_column_without_null() {
  bool found = false;
  boost::mp11::mp_for_each<boost::describe::describe_members<Part, boost::describe::mod_public>>(
      [&found]<class D>(D) { found = found || !Unwrap<ValueOf<D::pointer>>::nullable; });
  return found;
}

// The table of a part: the one with its struct, with its ASHLAR_TABLE, or the only one with its columns.
template <class Part, class... Tables>
consteval std::size_t table_of() {
  std::size_t found = no_table;
  std::size_t at = 0;
  const auto take = [&](bool fits) {
    if (fits) found = found == no_table ? at : several_tables;
    ++at;
  };
  if constexpr ((std::same_as<Part, Tables> || ...)) {
    (take(std::same_as<Part, Tables>), ...);
  } else if constexpr (Table<Part>) {
    (take(table_name<Part> == table_name<Tables> && is_part_of<Tables, Part>()), ...);
  } else if constexpr (schema::DescribedStruct<Part>) {
    (take(is_part_of<Tables, Part>()), ...);
  }
  return found;
}

template <class Out, class... Joined>
struct NestedColumns {
  using Members = boost::describe::describe_members<Out, boost::describe::mod_public>;
  static constexpr std::array<JoinKind, sizeof...(Joined)> kinds{Joined::kind...};

  template <class D>
  static std::size_t checked_table() {
    using Member = ValueOf<D::pointer>;
    using Part = typename Unwrap<Member>::Type;
    constexpr std::size_t table = table_of<Part, typename Joined::Struct...>();
    static_assert(table != no_table, "a member is neither a row of a joined table nor a part of one");
    static_assert(table != several_tables, "a member matches several of the joined tables: name one with ASHLAR_TABLE");
    if constexpr (table < several_tables - 1) {
      constexpr bool optional = Unwrap<Member>::nullable;
      static_assert(optional || kinds[table] == JoinKind::inner,
                    "the row of a left join can be absent: make the member std::optional");
      static_assert(!optional || kinds[table] == JoinKind::left, "the row of this table is never absent");
      static_assert(!optional || has_column_without_null<Part>(),
                    "a part of a left join needs a column that is never NULL, to tell a row from none");
    }
    return table;
  }

  static const std::string& list() {
    static const std::string text = [] {
      constexpr std::array<std::string_view, sizeof...(Joined)> names{table_name<typename Joined::Struct>...};
      std::string out;
      boost::mp11::mp_for_each<Members>([&]<class D>(D) {
        const std::size_t table = checked_table<D>();
        append_columns(names.at(table), schema::type_of<typename Unwrap<ValueOf<D::pointer>>::Type>(), out);
      });
      return out;
    }();
    return text;
  }
};

}  // namespace ashlar::sql::detail
