// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/consumer.hpp"
#include "backend/mail/mails.hpp"
#include "backend/notifications/notifications.hpp"

namespace ashlar::backend {

// Mails and notifications about orders: a consumer of the order events. Its effects commit with its position, so each
// event causes them once: an order that is placed, its confirmation; one that is paid or cancelled, a notification; one
// that is refunded, both. An order whose account is gone causes none. The mails and the notifications outlive it.
[[nodiscard]] events::ConsumerOptions order_notice_options();
[[nodiscard]] events::Consumer::Handler order_notices(Mails& mails, Notifications& notifications);

}  // namespace ashlar::backend
