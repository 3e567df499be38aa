// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/read_all_notifications.hpp"

#include "backend/notifications/notification_repository.hpp"

namespace ashlar::backend {

Task<Result<ReadNotifications>> read_all_notifications(api::UserCall& call, api::Units& units) {
  co_return ReadNotifications{
      .read = co_await unwrap(units.run_one(call, &NotificationRepository::read_all, call.user().id))};
}

}  // namespace ashlar::backend
