// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/notification_jobs.hpp"

#include "backend/notifications/notification_repository.hpp"

#include <utility>

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::hours kept = 180 * 24h;

}  // namespace

Task<Result<>> deliver_notification(jobs::JobCall& call, NewNotification notification, Notifications& notifications) {
  auto delivered = co_await notifications.deliver(
      call, std::move(notification), {.id = call.job_id(), .at = call.enqueued_at(), .number = call.attempt()});
  if (delivered) co_return delivered;
  auto error = std::unexpected(std::move(delivered.error()));
  if (mail::is_permanent(error.error())) co_return call.give_up(std::move(error));
  co_return error;
}

Task<Result<>> prune_notifications(jobs::JobCall& call, PruneNotifications, api::Units& units) {
  co_await unwrap(units.run_one(call, &NotificationRepository::remove_older, call.now() - kept));
  co_return Result<>{};
}

void mount_notification_jobs(jobs::Table& table, api::Units& units, Notifications& notifications) {
  table.add<NewNotification>(deliver_notification, notifications)
      .queue("mail")
      .attempts(12)
      .backoff({.delays = {30s, 2min, 5min, 15min, 1h, 2h, 4h}})
      .timeout(150s)
      .summary("Mail a notification to an account that prefers it");
  table.add<PruneNotifications>(prune_notifications, units).summary("Remove old notifications");
  table.every("17 3 * * *", "UTC", PruneNotifications{});
}

}  // namespace ashlar::backend
