// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "backend/notifications/notification.hpp"

namespace ashlar::backend {

Task<Result<ReadNotifications>> read_all_notifications(api::UserCall& call, api::Units& units);

}  // namespace ashlar::backend
