// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

struct CreatePost {
  PostTitle title;
  PostContent content;
  Defaulted<bool, false> published;

  static CreatePost example();
};
ASHLAR_DESCRIBE(CreatePost, title, content, published)

Task<Result<web::Created<Post>>> create_post(web::Context& ctx, CreatePost in, sql::Database& database);

}  // namespace ashlar::backend
