// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/column.hpp"

// What rows are ordered by: `asc<&User::name>`, `desc<&User::created_at>`. The first decides, then the second. NULL
// comes first in ascending and last in descending order, in every database, unless it is told otherwise:
// `desc<&User::age>.nulls_first()`.
namespace ashlar::sql {

struct OrderTerm {
  enum class Direction : unsigned char { ascending, descending } direction{};
  enum class Nulls : unsigned char { as_smallest, first, last } nulls{};
  ColumnName column{};
  bool nullable = false;  // PostgreSQL has to be told where NULL goes
  const schema::Type& (*type)() = nullptr;

  [[nodiscard]] constexpr bool puts_nulls_first() const {
    return nulls == Nulls::first || (nulls == Nulls::as_smallest && direction == Direction::ascending);
  }
  // The other way round, NULL included.
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
