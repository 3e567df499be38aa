// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/notifications/notification.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Notification>>> list_notifications(api::UserCall& call, ListNotifications in,
                                                         sql::Database& database);

}  // namespace ashlar::backend
