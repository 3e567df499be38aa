// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/aggregate_types.hpp"
#include "ashlar/sql/detail/fetch.hpp"

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <type_traits>

// The struct member for each aggregate.
namespace ashlar::sql::detail {

// A column must be one of group_by's.
template <class... Tables, class O>
OrderTerm order_of_group(const O& order, std::span<const ColumnName> groups) {
  auto term = order_term<Tables...>(order);
  bool known = term.column.function != Function::none;
  for (const auto& group : groups) known = known || group == term.column;
  if (!known) throw std::logic_error("groups are not ordered by a column that differs within them");
  return term;
}

template <auto... Keys>
inline constexpr std::array<ColumnName, sizeof...(Keys)> key_columns{Column<Keys>::column_name()...};

// For each member of Out what is selected: its aggregate, or the group's column of the same name.
template <class Out, class Keys, class... C>
struct ComputedColumns;
template <class Out, auto... Keys, class... C>
struct ComputedColumns<Out, KeyList<Keys...>, C...> {
  using Members = boost::describe::describe_members<Out, boost::describe::mod_public>;
  static constexpr std::size_t size = boost::mp11::mp_size<Members>::value;

  static consteval std::array<ColumnName, size> list() {
    std::array<ColumnName, size> out{};
    std::size_t at = 0;
    boost::mp11::mp_for_each<Members>([&]<class D>(D) {
      ((std::string_view(D::name) == member_name<Keys>() ? void(out[at] = Column<Keys>::column_name()) : void()), ...);
      ((std::string_view(D::name) == member_name<C::member>() ? void(out[at] = C::Of::column_name()) : void()), ...);
      ++at;
    });
    return out;
  }
  static consteval bool complete() {
    bool all = true;
    boost::mp11::mp_for_each<Members>([&]<class D>(D) {
      const bool key =
          ((std::string_view(D::name) == member_name<Keys>() && std::same_as<ValueOf<D::pointer>, ValueOf<Keys>>) ||
           ...);
      all = all && (key || ((std::string_view(D::name) == member_name<C::member>()) || ...));
    });
    return all;
  }
};
template <class Out, class Keys, class... C>
inline constexpr auto computed_columns = ComputedColumns<Out, Keys, C...>::list();

template <class C, bool Grouped>
consteval bool fits_into_member() {
  using Member = ValueOf<C::member>;
  constexpr bool null = Grouped ? C::Of::null_over_null : C::Of::null_over_nothing;
  static_assert(std::same_as<typename Unwrap<Member>::Type, typename C::Of::Type>,
                "the member's type is not the aggregate's");
  static_assert(!null || Unwrap<Member>::nullable,
                "the aggregate can be NULL: make the member std::optional, or use sum<...>.or_zero()");
  return true;
}

template <class Out, class Tables, class Keys, class... C>
struct ComputedCheck;
template <class Out, class... Tables, auto... Keys, class... C>
struct ComputedCheck<Out, TableList<Tables...>, KeyList<Keys...>, C...> : std::true_type {
  static_assert((std::same_as<Out, StructOf<C::member>> && ...), "as<...>() names a member of another struct");
  static_assert((is_one_of<typename C::Of::Struct, void, Tables...> && ...), "the column belongs to another table");
  static_assert((is_one_of<StructOf<Keys>, Tables...> && ...), "the column belongs to another table");
  static_assert((fits_into_member<C, (sizeof...(Keys) > 0)>() && ...));
  static_assert(ComputedColumns<Out, KeyList<Keys...>, C...>::complete(),
                "a member is neither an aggregate nor a column of group_by with its name and type");
};
template <class T>
Task<Result<T>> only_row(Executor& executor, Statement statement) {
  auto row = co_await first_row<T>(executor, std::move(statement));
  if (!row) co_return std::unexpected(std::move(row.error()));
  if (!*row) throw std::logic_error("an aggregate without groups has one row");
  co_return std::move(**row);
}

}  // namespace ashlar::sql::detail
