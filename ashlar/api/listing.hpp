// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"

#include <optional>
#include <utility>

// Input types shared by lists and by operations on one resource.
//
//   struct ListPosts {
//     PageNumber page;     // ?page=2&limit=50&sort=-createdAt
//     PageLimit limit;
//     sql::Sort<Post, &Post::created_at, &Post::title> sort;
//     std::optional<PageCursor> cursor;   // ?cursor=&limit=50, then ?cursor=<pagination.next>&limit=50
//   };
namespace ashlar::api {

// The input of an operation on one resource.
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)

using PageNumber = Defaulted<Int<1, 1'000'000>, 1>;
using PageLimit = Defaulted<Int<1, 100>, 20>;

// Whether a page begins after more than this many rows, which have to be read and skipped.
inline constexpr std::int64_t deep_page_rows = 10'000;
[[nodiscard]] inline bool is_deep(const PageNumber& page, const PageLimit& limit) {
  return (page.value().value() - 1) * limit.value().value() > deep_page_rows;
}

// `next` or `previous` from another page of the same list; empty for the first page. With a cursor, the page number is
// ignored.
using PageCursor = Text<0, 4096>;

// For Select::cursor_page(); nullopt: the first page.
[[nodiscard]] inline std::optional<sql::CursorText> cursor_of(const std::optional<PageCursor>& cursor) {
  if (!cursor || cursor->view().empty()) return std::nullopt;
  return sql::CursorText::of(cursor->view());
}

template <class T>
Page<T> page_of(sql::CursorPage<T> rows, const PageLimit& limit) {
  return {.items = std::move(rows.rows),
          .limit = limit.value(),
          .cursors = PageCursors{.next = std::move(rows.next), .previous = std::move(rows.previous)}};
}
template <class T>
Page<T> page_of(sql::ListPage<T> rows, const PageNumber& page, const PageLimit& limit) {
  return {.items = std::move(rows.rows),
          .page = page.value(),
          .limit = limit.value(),
          .total = rows.total,
          .total_kind = rows.kind == sql::TotalKind::exact ? TotalKind::exact : TotalKind::at_least};
}

// The rows read for a page.
template <class T>
Page<T> page_of(sql::Page<T> rows, const PageNumber& page, const PageLimit& limit) {
  return {.items = std::move(rows.rows), .page = page.value(), .limit = limit.value(), .total = rows.total};
}

}  // namespace ashlar::api
