// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/jobs/call.hpp"
#include "ashlar/jobs/table.hpp"
#include "backend/notifications/notifications.hpp"

namespace ashlar::backend {

// Removes notifications that are older than 180 days, read or not.
struct PruneNotifications {
  static constexpr std::string_view job_name = "prune-notifications";
};
ASHLAR_DESCRIBE(PruneNotifications)

Task<Result<>> deliver_notification(jobs::JobCall& call, NewNotification notification, Notifications& notifications);
Task<Result<>> prune_notifications(jobs::JobCall& call, PruneNotifications in, api::Units& units);

void mount_notification_jobs(jobs::Table& table, api::Units& units, Notifications& notifications);

}  // namespace ashlar::backend
