// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/query.hpp"

#include <utility>

// What lists and single resources of an API have in common.
//
//   struct ListPosts {
//     PageNumber page;     // ?page=2&limit=50&sort=-createdAt
//     PageLimit limit;
//     sql::Sort<Post, &Post::created_at, &Post::title> sort;
//   };
namespace ashlar::api {

// The input of an operation on one resource.
struct ById {
  Uuid id;
};
ASHLAR_DESCRIBE(ById, id)

using PageNumber = Defaulted<Int<1, 1'000'000>, 1>;
using PageLimit = Defaulted<Int<1, 100>, 20>;

// Whether a page begins beyond that many rows, which are read and passed over.
inline constexpr std::int64_t deep_page_rows = 10'000;
[[nodiscard]] inline bool is_deep(const PageNumber& page, const PageLimit& limit) {
  return (page.value().value() - 1) * limit.value().value() > deep_page_rows;
}

// The rows that were read for a page.
template <class T>
Page<T> page_of(sql::Page<T> rows, const PageNumber& page, const PageLimit& limit) {
  return {.items = std::move(rows.rows), .page = page.value(), .limit = limit.value(), .total = rows.total};
}

}  // namespace ashlar::api
