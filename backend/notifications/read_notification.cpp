// SPDX-License-Identifier: Apache-2.0
#include "backend/notifications/read_notification.hpp"

#include "backend/notifications/notification_repository.hpp"

namespace ashlar::backend {

Task<Result<Notification>> read_notification(api::UserCall& call, api::ById in, api::Units& units) {
  co_return required(co_await units.run(call, &NotificationRepository::read, call.user().id, in.id),
                     errors::notification_not_found, "There is no such notification.");
}

}  // namespace ashlar::backend
