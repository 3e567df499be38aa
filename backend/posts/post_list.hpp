// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/posts/post.hpp"

#include <optional>

namespace ashlar::backend {

// Which posts a list selects, and in which order.
struct ListPosts {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<Post, &Post::created_at, &Post::updated_at, &Post::title> sort;
  std::optional<api::PageCursor> cursor;
  Defaulted<bool, false> mine;  // also the caller's own, published or not
};
ASHLAR_DESCRIBE(ListPosts, page, limit, sort, cursor, mine)

}  // namespace ashlar::backend
