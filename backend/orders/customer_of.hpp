// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"

namespace ashlar::backend {

// Who ordered, for the owner guard; the nil UUID, which no account has, when the account was removed. Error
// order.not_found.
Task<Result<Uuid>> customer_of(api::Call& call, Uuid id, sql::Database& database);

}  // namespace ashlar::backend
