// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/notification.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::backend {

bool is_notification_kind(std::string_view kind) {
  return std::ranges::find(notification_kinds, kind) != notification_kinds.end();
}

Notification Notification::example() {
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a71").value_or(Uuid{}),
          .kind = "order.paid",
          .resource_id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a70").value_or(Uuid{}),
          .detail = "12.50 EUR",
          .created_at = Timestamp::parse("2026-05-04T08:30:00.125Z").value_or(Timestamp{}),
          .read_at = std::nullopt};
}

NotificationPreferences NotificationPreferences::example() {
  return {.language = std::string("de"),
          .unsubscribed_at = std::nullopt,
          .kinds = {{.kind = "order.paid", .in_app = true, .mail = true}}};
}

Notification notification_of(NotificationRow row) {
  return {.id = row.id,
          .kind = std::move(row.kind),
          .resource_id = row.resource_id,
          .detail = std::move(row.detail),
          .created_at = row.created_at,
          .read_at = row.read_at};
}

}  // namespace ashlar::backend
