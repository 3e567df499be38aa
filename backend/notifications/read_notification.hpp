// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/api/units.hpp"
#include "backend/notifications/notification.hpp"

namespace ashlar::backend {

// A notification of somebody else counts as none.
Task<Result<Notification>> read_notification(api::UserCall& call, api::ById in, api::Units& units);

}  // namespace ashlar::backend
