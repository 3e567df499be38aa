// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/signing_keys.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/detail/keyset.hpp"
#include "ashlar/sql/select.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

// Keyset pagination: a page continues after the last row of the previous one, by the values of the order. The
// thousandth page is as fast as the first, and no row appears twice or is skipped when others are inserted or deleted
// meanwhile.
//
//   const Cursors cursors({key});                                       // once, from the settings
//   auto page = co_await from<Post>()
//                   .where(col<&Post::published> == true)
//                   .order_by(in.sort)                                  // a client may choose it
//                   .cursor_page<&Post::id>(db, cursors, in.cursor, in.limit);   // Result<CursorPage<Post>>
//
// A cursor is text in base64url that the client sends back (a request's member is std::optional<CursorText>). It
// contains the order's values of the row at the page's edge and is signed (HMAC-SHA-256) together with the whole query.
// A cursor that was changed, or that belongs to another list, other conditions, another order or another struct, is
// refused with sql.invalid_cursor. It is not secret: its holder can read those values. It does not expire; removing a
// key invalidates the cursors that it signed.
//
// The unique column that cursor_page() names makes the order total. It is added ascending, unless order_by() ends with
// it, in either direction. Timestamps are compared in milliseconds: a timestamptz written by SQL itself has
// microseconds, so the column needs the type timestamptz(3).
namespace ashlar::sql {

namespace errors {
inline constexpr ErrorCode invalid_cursor{ErrorKind::invalid, "sql.invalid_cursor"};
}  // namespace errors

// The keys of cursors. Immutable; outlives all queries that use it.
class Cursors {
 public:
  // The first key signs, all keys verify: to rotate, put the new key first. Each has at least 32 bytes; otherwise
  // throws std::invalid_argument.
  explicit Cursors(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  [[nodiscard]] const SigningKeys& keys() const { return keys_; }

 private:
  SigningKeys keys_;
};

// A page, and the cursors of its neighbours. An empty page has neither.
template <class T>
struct CursorPage {
  std::vector<T> rows;
  std::optional<std::string> next{};      // absent: no row follows
  std::optional<std::string> previous{};  // absent: no row precedes
};

namespace detail {

template <class T>
Task<Result<CursorPage<T>>> keyset_page(Executor& executor, const Cursors& cursors, SelectParts parts,
                                        std::optional<CursorText> cursor) {
  auto keyset = Keyset::of(std::move(parts), columns_of<T>(), schema::type_of<T>().members.size(), cursors.keys(),
                           cursor ? std::optional(cursor->view()) : std::nullopt, executor.dialect());
  if (!keyset)
    co_return fail(errors::invalid_cursor,
                   "The cursor does not belong to this list with these filters. Start without a cursor.");
  CursorPage<T> page;
  auto statement = keyset->statement();
  statement.on_row = [&page, &keyset](const Row& row) {
    if (keyset->take(row)) read_members(row, 0, schema::type_of<T>(), &page.rows.emplace_back());
  };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  if (keyset->is_backward()) std::ranges::reverse(page.rows);
  page.next = keyset->next();
  page.previous = keyset->previous();
  co_return page;
}

}  // namespace detail

template <Table T, schema::DescribedStruct Out>
template <auto Key, class L>
Task<Result<CursorPage<Out>>> Select<T, Out>::cursor_page(Executor& executor, const Cursors& cursors,
                                                          const std::optional<CursorText>& cursor,
                                                          const L& limit) const {
  static_assert(std::same_as<T, detail::StructOf<Key>>, "the column belongs to another table");
  static_assert(!detail::Unwrap<detail::ValueOf<Key>>::nullable, "a column that can be NULL makes no order complete");
  auto parts = this->parts_;
  parts.limit = detail::integer_of(limit);
  if (parts.orders.empty() || parts.orders.back().column.column != Column<Key>::name) parts.orders.push_back(asc<Key>);
  return detail::keyset_page<Out>(executor, cursors, std::move(parts), cursor);
}

}  // namespace ashlar::sql
