// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

// An unpublished post is visible to its author and to admins only.
Task<Result<Post>> get_post(api::Call& call, api::ById in, sql::Database& database);

}  // namespace ashlar::backend
