// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/order.hpp"

#include <concepts>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::sql {

// What a read that locks its rows does about rows that another transaction has locked.
enum class LockedRows : unsigned char { wait, skip };

namespace detail {

enum class Lock : unsigned char { none, share, update };
enum class Duplicates : unsigned char { kept, removed };

// What all reads are, whatever their structs.
struct SelectParts {
  std::string_view table;
  ConditionTree condition{};
  std::vector<OrderTerm> orders{};
  std::optional<std::int64_t> limit{};
  std::int64_t offset = 0;
  Duplicates duplicates{};
  Lock lock{};
  LockedRows locked_rows{};

  [[nodiscard]] Statement rows(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement first(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement count(Dialect dialect, std::string_view columns) const;
  [[nodiscard]] Statement exists(Dialect dialect) const;
  void set_page(std::int64_t page, std::int64_t rows);
  void set_lock(Lock strength, LockedRows others);
};

template <class O, class... Tables>
concept OrderOf = (std::convertible_to<const O&, Order<Tables>> || ...);

template <class First, class... Tables, class O>
OrderTerm order_term(const O& order) {
  if constexpr (std::convertible_to<const O&, Order<First>>) {
    return static_cast<Order<First>>(order);
  } else {
    return order_term<Tables...>(order);
  }
}

// The clauses that all reads have. On a query with a name they change it, on a new one they give it on.
template <class... Tables>
class Clauses {
 public:
  // Each where() must hold.
  template <class Self>
  Self&& where(this Self&& self, Condition<Tables...> condition) {
    self.parts_.condition = ConditionTree::both(std::move(self.parts_.condition), std::move(condition).tree());
    return std::forward<Self>(self);
  }
  // Only when there is a value: `make(value)` gives the condition.
  template <class Self, class V, class Make>
  Self&& where_if(this Self&& self, const std::optional<V>& value, Make make) {
    if (value) self.where(make(*value));
    return std::forward<Self>(self);
  }
  // The first decides, then the second, ...; a Sort can stand among them.
  template <class Self>
  Self&& order_by(this Self&& self, OrderOf<Tables...> auto const&... orders) {
    (self.parts_.orders.push_back(order_term<Tables...>(orders)), ...);
    return std::forward<Self>(self);
  }
  // The n-th page, from 1, of so many rows. Numbers, Ints or Defaulted ones.
  template <class Self, class P, class L>
  Self&& page(this Self&& self, const P& page, const L& rows) {
    self.parts_.set_page(integer_of(page), integer_of(rows));
    return std::forward<Self>(self);
  }
  template <class Self, class L>
  Self&& limit(this Self&& self, const L& rows) {
    self.parts_.limit = integer_of(rows);
    return std::forward<Self>(self);
  }

 protected:
  SelectParts parts_;
};

}  // namespace detail
}  // namespace ashlar::sql
