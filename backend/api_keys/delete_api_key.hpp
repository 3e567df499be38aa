// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/authority/authorities.hpp"

namespace ashlar::backend {

// Removes a key of the caller. It is refused from then on, here and on the instances that Redis reaches. Error
// api_key.not_found.
Task<Result<>> delete_api_key(api::UserCall& call, api::ById in, api::Units& units, Authorities& authorities);

}  // namespace ashlar::backend
