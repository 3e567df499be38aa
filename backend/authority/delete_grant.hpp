// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/authorities.hpp"
#include "backend/authority/grant.hpp"

namespace ashlar::backend {

// Ends a grant at once and removes it. The caller may give what it gives. Errors: auth.forbidden, grant.not_found.
Task<Result<>> delete_grant(api::UserCall& call, GrantById in, api::Units& units, Authorities& authorities);

}  // namespace ashlar::backend
