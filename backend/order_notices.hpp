// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/consumer.hpp"
#include "backend/mail/mails.hpp"
#include "backend/notifications/notifications.hpp"
#include "backend/payments/payments.hpp"

namespace ashlar::backend {

// Mails and notifications about orders: a consumer of the order events. Its effects commit with its position, so each
// event causes them once: an order that is placed, its confirmation; one that is paid or cancelled, a notification; one
// that is refunded, both. An order whose account is gone causes none. The mails and the notifications outlive it.
[[nodiscard]] events::ConsumerOptions order_notice_options();
[[nodiscard]] events::Consumer::Handler order_notices(Mails& mails, Notifications& notifications);
// A payment that fails is no event of its order: its mail and its notification commit with the failure.
[[nodiscard]] Payments::FailureHook payment_failure_notices(Mails& mails, Notifications& notifications);

}  // namespace ashlar::backend
