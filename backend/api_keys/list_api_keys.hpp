// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/api_keys/api_key.hpp"
#include "backend/api_keys/api_key_list.hpp"

namespace ashlar::backend {

Task<Result<api::Page<ApiKey>>> list_api_keys(api::UserCall& call, ListApiKeys in, sql::Database& database);

}  // namespace ashlar::backend
