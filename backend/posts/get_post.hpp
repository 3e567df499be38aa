// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

struct GetPost {
  Uuid id;
};
ASHLAR_DESCRIBE(GetPost, id)

// One that is not published exists for its author and for admins only.
Task<Result<Post>> get_post(web::Context& ctx, GetPost in, sql::Database& database);

}  // namespace ashlar::backend
