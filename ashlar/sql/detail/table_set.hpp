// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/mp11/set.hpp>

#include <concepts>

// Lists of tables as types, for conditions and queries over several tables.
namespace ashlar::sql::detail {

template <class... Tables>
struct TableList {};

template <class T, class... Tables>
inline constexpr bool is_one_of = (std::same_as<T, Tables> || ...);

template <class... Lists>
using TablesOf = boost::mp11::mp_set_union<Lists...>;

}  // namespace ashlar::sql::detail
