// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/posts/post.hpp"

#include <optional>

namespace ashlar::backend {

struct UpdatePost {
  Uuid id;
  std::optional<PostTitle> title;
  std::optional<PostContent> content;
  std::optional<bool> published;
};
ASHLAR_DESCRIBE(UpdatePost, id, title, content, published)

Task<Result<Post>> update_post(web::Context& ctx, UpdatePost in, sql::Database& database);

}  // namespace ashlar::backend
