// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend/users/user_row.hpp"

#include <string>

namespace ashlar::backend {

struct NotificationRow {
  Uuid id;
  Uuid user_id;
  std::string kind;            // of notification_kinds
  Nullable<Uuid> resource_id;  // what it is about, as its kind says
  std::string detail;          // an amount or a network address, as its kind says
  Timestamp created_at;
  Nullable<Timestamp> read_at;
};
ASHLAR_DESCRIBE(NotificationRow, id, user_id, kind, resource_id, detail, created_at, read_at)
ASHLAR_TABLE(
    NotificationRow, "notifications", sql::references<&NotificationRow::user_id, &UserRow::id>(sql::OnDelete::cascade),
    sql::index<&NotificationRow::user_id, &NotificationRow::created_at, &NotificationRow::id>("notifications_user"),
    sql::index<&NotificationRow::created_at, &NotificationRow::id>("notifications_created_at"))

// The channels of one kind for one account, where they differ from the kind's defaults.
struct NotificationPreferenceRow {
  Uuid user_id;
  std::string kind;
  bool in_app = false;
  bool mail = false;
};
ASHLAR_DESCRIBE(NotificationPreferenceRow, user_id, kind, in_app, mail)
ASHLAR_TABLE(NotificationPreferenceRow, "notification_preferences",
             sql::primary_key<&NotificationPreferenceRow::user_id, &NotificationPreferenceRow::kind>(),
             sql::without_rowid(),
             sql::references<&NotificationPreferenceRow::user_id, &UserRow::id>(sql::OnDelete::cascade))

}  // namespace ashlar::backend
