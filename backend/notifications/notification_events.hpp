// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/event.hpp"

#include <string>

namespace ashlar::backend {

// For the realtime channel of the account alone.
struct NotificationCreated {
  std::string kind;  // of notification_kinds
  Nullable<Uuid> resource_id;
};
ASHLAR_DESCRIBE(NotificationCreated, kind, resource_id)

// Its key is the account's id. It says that a notification may be new: one that the account does not want is not
// stored.
inline constexpr events::EventType<NotificationCreated> notification_created{"internal.notification.created"};

}  // namespace ashlar::backend
