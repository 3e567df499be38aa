// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/replicas.hpp"
#include "backend/posts/post.hpp"

#include <optional>

namespace ashlar::backend {

struct ListPosts {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<Post, &Post::created_at, &Post::updated_at, &Post::title> sort;
  std::optional<api::PageCursor> cursor;
  Defaulted<bool, false> mine;  // the caller's own, too, published or not
};
ASHLAR_DESCRIBE(ListPosts, page, limit, sort, cursor, mine)
[[nodiscard]] bool is_heavy(const ListPosts& in);  // see web::RouteBuilder::heavy

Task<Result<api::Page<PostSummary>>> list_posts(api::Call& call, ListPosts in, sql::Replicas& replicas,
                                                const sql::Cursors& cursors);

}  // namespace ashlar::backend
