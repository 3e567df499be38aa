// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/routes.hpp"

#include "backend/notifications/list_notifications.hpp"
#include "backend/notifications/preferences.hpp"
#include "backend/notifications/read_all_notifications.hpp"
#include "backend/notifications/read_notification.hpp"

namespace ashlar::backend {

// clang-format off
void mount_notifications(web::Routes& routes, api::Units& units, const Mails& mails) {
  sql::Database& database = units.database();
  routes.get("/api/notifications", list_notifications, database).signed_in().no_api_key()
      .name("listNotifications").tag("Notifications").summary("My notifications");
  routes.post("/api/notifications/{id}/read", read_notification, units).signed_in().no_api_key()
      .name("readNotification").tag("Notifications").summary("Mark a notification as read").fails_with(errors::notification_not_found);
  routes.post("/api/notifications/read-all", read_all_notifications, units).signed_in().no_api_key()
      .name("readAllNotifications").tag("Notifications").summary("Mark all of my notifications as read");
  routes.get("/api/notifications/preferences", get_notification_preferences, database).signed_in().no_api_key()
      .name("getNotificationPreferences").tag("Notifications").summary("How I want to be notified");
  routes.patch("/api/notifications/preferences", update_notification_preferences, units, mails).signed_in().no_api_key()
      .name("updateNotificationPreferences").tag("Notifications").summary("Change how I want to be notified");
}
// clang-format on

}  // namespace ashlar::backend
