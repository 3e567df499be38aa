// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/passkeys/passkey.hpp"
#include "backend/passkeys/passkey_list.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Passkey>>> list_passkeys(api::UserCall& call, ListPasskeys in, sql::Database& database);

}  // namespace ashlar::backend
