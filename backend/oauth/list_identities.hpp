// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/oauth/identity.hpp"
#include "backend/oauth/identity_list.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Identity>>> list_identities(api::UserCall& call, ListIdentities in, sql::Database& database);

}  // namespace ashlar::backend
