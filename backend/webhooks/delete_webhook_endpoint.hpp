// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"

namespace ashlar::backend {

// Its deliveries are removed with it.
Task<Result<>> delete_webhook_endpoint(api::Call& call, api::ById in, api::Units& units);

}  // namespace ashlar::backend
