// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"

namespace ashlar::backend {

// Whose a post is, for the guard of the routes that change it. Error post.not_found.
Task<Result<Uuid>> author_of(web::Context& ctx, Uuid id, sql::Database& database);

}  // namespace ashlar::backend
