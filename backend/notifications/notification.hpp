// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/sql/sort.hpp"
#include "backend/notifications/notification_rows.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode notification_not_found{ErrorKind::not_found, "notification.not_found"};
}  // namespace errors

// What accounts are notified of. Every kind is shown in the application unless its account prefers otherwise; mail is
// off until it turns it on.
inline constexpr std::array<std::string_view, 5> notification_kinds{
    "order.paid",           // resource: the order; detail: its total
    "order.cancelled",      // the same
    "order.refunded",       // the same
    "payment.failed",       // the same
    "account.new_sign_in",  // detail: the network address
};
[[nodiscard]] bool is_notification_kind(std::string_view kind);

// What the API shows of a notification.
struct Notification {
  Uuid id;
  std::string kind;
  Nullable<Uuid> resource_id;
  std::string detail;
  Timestamp created_at;
  Nullable<Timestamp> read_at;

  static Notification example();
};
ASHLAR_DESCRIBE(Notification, id, kind, resource_id, detail, created_at, read_at)
[[nodiscard]] Notification notification_of(NotificationRow row);

struct ListNotifications {
  api::PageNumber page;
  api::PageLimit limit;
  sql::Sort<NotificationRow, &NotificationRow::created_at> sort;
  Defaulted<bool, false> unread;  // those alone that were not read
};
ASHLAR_DESCRIBE(ListNotifications, page, limit, sort, unread)

// How many notifications became read.
struct ReadNotifications {
  std::int64_t read = 0;

  static ReadNotifications example() { return {.read = 3}; }
};
ASHLAR_DESCRIBE(ReadNotifications, read)

struct NotificationChannels {
  std::string kind;
  bool in_app = true;
  bool mail = false;
};
ASHLAR_DESCRIBE(NotificationChannels, kind, in_app, mail)

struct NotificationPreferences {
  Nullable<std::string> language;           // of mails: "en", "de"; null: as the request says
  Nullable<Timestamp> unsubscribed_at;      // since when notifications are not mailed; null: they are
  std::vector<NotificationChannels> kinds;  // every kind

  static NotificationPreferences example();
};
ASHLAR_DESCRIBE(NotificationPreferences, language, unsubscribed_at, kinds)

}  // namespace ashlar::backend
