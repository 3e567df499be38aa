// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"

namespace ashlar::backend {

// The author of a post, for the guard of the routes that change it. Error post.not_found.
Task<Result<Uuid>> author_of(api::Call& call, Uuid id, sql::Database& database);

}  // namespace ashlar::backend
