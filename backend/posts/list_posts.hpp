// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/replicas.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/listing.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

struct ListPosts {
  PageNumber page;
  PageLimit limit;
  sql::Sort<Post, &Post::created_at, &Post::updated_at, &Post::title> sort;
  Defaulted<bool, false> mine;  // the caller's own, too, published or not
};
ASHLAR_DESCRIBE(ListPosts, page, limit, sort, mine)

Task<Result<web::Page<Post>>> list_posts(web::Context& ctx, ListPosts in, sql::Replicas& replicas);

}  // namespace ashlar::backend
