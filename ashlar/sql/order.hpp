// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

// The order of rows: `asc<&User::name>`, `desc<&User::created_at>`. Rows are ordered by the first, then by the second.
// In every database NULL comes first in ascending and last in descending order, unless `desc<&User::age>.nulls_first()`
// or the like says otherwise.
namespace ashlar::sql {

struct OrderTerm {
  enum class Direction : unsigned char { ascending, descending } direction{};
  enum class Nulls : unsigned char { as_smallest, first, last } nulls{};
  ColumnName column{};
  bool nullable = false;  // PostgreSQL needs an explicit position of NULL
  const schema::Type& (*type)() = nullptr;

  [[nodiscard]] constexpr bool puts_nulls_first() const {
    return nulls == Nulls::first || (nulls == Nulls::as_smallest && direction == Direction::ascending);
  }
  // The reverse order, including NULL.
  [[nodiscard]] constexpr OrderTerm reversed() const {
    OrderTerm out = *this;
    out.direction = direction == Direction::ascending ? Direction::descending : Direction::ascending;
    if (nulls != Nulls::as_smallest) out.nulls = nulls == Nulls::first ? Nulls::last : Nulls::first;
    return out;
  }
};

template <class T>
struct Order : OrderTerm {
  [[nodiscard]] constexpr Order nulls_first() const { return with(Nulls::first); }
  [[nodiscard]] constexpr Order nulls_last() const { return with(Nulls::last); }

 private:
  [[nodiscard]] constexpr Order with(Nulls where) const {
    Order out = *this;
    out.nulls = where;
    return out;
  }
};

namespace detail {
template <auto Member>
consteval Order<StructOf<Member>> order_by(OrderTerm::Direction direction) {
  return {{.direction = direction,
           .column = Column<Member>::column_name(),
           .nullable = Unwrap<ValueOf<Member>>::nullable,
           .type = &schema::type_of<ValueOf<Member>>}};
}
}  // namespace detail

template <auto Member>
inline constexpr Order<detail::StructOf<Member>> asc = detail::order_by<Member>(OrderTerm::Direction::ascending);
template <auto Member>
inline constexpr Order<detail::StructOf<Member>> desc = detail::order_by<Member>(OrderTerm::Direction::descending);

}  // namespace ashlar::sql
