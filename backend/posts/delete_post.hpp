// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

struct DeletePost {
  Uuid id;
};
ASHLAR_DESCRIBE(DeletePost, id)

Task<Result<>> delete_post(web::Context& ctx, DeletePost in, sql::Database& database);

}  // namespace ashlar::backend
