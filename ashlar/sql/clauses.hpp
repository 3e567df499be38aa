// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/select_parts.hpp"

#include <concepts>
#include <optional>
#include <utility>

namespace ashlar::sql {

namespace detail {

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

}  // namespace detail

// The clauses of reads from one or several tables. On a named query (an lvalue) they modify it; on a temporary they
// return it.
template <class... Tables>
class Clauses {
 public:
  // All where() conditions must hold.
  template <class Self>
  Self&& where(this Self&& self, Condition<Tables...> condition) {
    self.parts_.condition = ConditionTree::both(std::move(self.parts_.condition), std::move(condition).tree());
    return std::forward<Self>(self);
  }
  // Only when there is a value: `make(value)` returns the condition.
  template <class Self, class V, class Make>
  Self&& where_if(this Self&& self, const std::optional<V>& value, Make make) {
    if (value) self.where(make(*value));
    return std::forward<Self>(self);
  }
  // The rows that contain all these words, best match first unless order_by() says otherwise: search.hpp.
  template <class Self, auto... C>
  Self&& search(this Self&& self, SearchIndex<C...> index, std::string_view words) {
    static_assert(detail::is_one_of<typename SearchIndex<C...>::Struct, Tables...>,
                  "the search index belongs to another table");
    self.parts_.search = detail::SearchTerm{.index = index.name(), .text = std::string(words)};
    return std::forward<Self>(self);
  }
  // Only when there are words.
  template <class Self, auto... C, class V>
  Self&& search_if(this Self&& self, SearchIndex<C...> index, const std::optional<V>& words) {
    if (words) self.search(index, *words);
    return std::forward<Self>(self);
  }
  // Ordered by the first, then the second, ...; a Sort may be among them.
  template <class Self>
  Self&& order_by(this Self&& self, detail::OrderOf<Tables...> auto const&... orders) {
    (self.parts_.orders.push_back(detail::order_term<Tables...>(orders)), ...);
    return std::forward<Self>(self);
  }
  // The n-th page, from 1, of this many rows. Accepts numbers, Ints and Defaulted ones.
  template <class Self, class P, class L>
  Self&& page(this Self&& self, const P& page, const L& rows) {
    self.parts_.set_page(detail::integer_of(page), detail::integer_of(rows));
    return std::forward<Self>(self);
  }
  template <class Self, class L>
  Self&& limit(this Self&& self, const L& rows) {
    self.parts_.limit = detail::integer_of(rows);
    return std::forward<Self>(self);
  }

 protected:
  explicit Clauses(detail::SelectParts parts) : parts_(std::move(parts)) {}
  detail::SelectParts parts_;
};

}  // namespace ashlar::sql
