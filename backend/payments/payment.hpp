// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/constraints.hpp"
#include "backend/orders/order.hpp"
#include "backend/orders/payment_row.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

namespace errors {
inline constexpr ErrorCode payments_not_configured{ErrorKind::unavailable, "payment.not_configured"};
inline constexpr ErrorCode order_not_refundable{ErrorKind::conflict, "order.not_refundable"};  // it is not paid
}  // namespace errors

// What the API shows of a payment.
struct Payment {
  Uuid id;
  PaymentStatus status = PaymentStatus::processing;
  Money amount;
  Nullable<std::string> client_secret;  // null until the provider has the payment, and where nothing is charged

  static Payment example();
};
ASHLAR_DESCRIBE(Payment, id, status, amount, client_secret)

struct OrderPayment {
  Order order;
  Payment payment;

  static OrderPayment example();
};
ASHLAR_DESCRIBE(OrderPayment, order, payment)

[[nodiscard]] Payment payment_of(const PaymentRow& row);

}  // namespace ashlar::backend
