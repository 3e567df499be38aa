// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/list_notifications.hpp"

#include "backend/notifications/notification_repository.hpp"

namespace ashlar::backend {

Task<Result<api::Page<Notification>>> list_notifications(api::UserCall& call, ListNotifications in,
                                                         sql::Database& database) {
  co_return co_await NotificationRepository(database).list(call.user().id, in);
}

}  // namespace ashlar::backend
