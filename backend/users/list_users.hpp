// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/users/user_list.hpp"

namespace ashlar::backend {

[[nodiscard]] bool is_heavy(const ListUsers& in);  // see web::RouteBuilder::heavy

Task<Result<api::Page<User>>> list_users(api::Call& call, ListUsers in, sql::Database& database,
                                         const sql::Cursors& cursors);

}  // namespace ashlar::backend
