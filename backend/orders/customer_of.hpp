// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/web/context.hpp"

namespace ashlar::backend {

// Who ordered, for the owner guard. Error order.not_found.
Task<Result<Uuid>> customer_of(web::Context& ctx, Uuid id, sql::Database& database);

}  // namespace ashlar::backend
