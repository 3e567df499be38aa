// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/posts/post.hpp"

namespace ashlar::backend {

Task<Result<>> delete_post(api::Call& call, api::ById in, api::Units& units);

}  // namespace ashlar::backend
