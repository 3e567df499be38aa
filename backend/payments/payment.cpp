// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/payment.hpp"

namespace ashlar::backend {

Payment Payment::example() {
  return {.id = *Uuid::parse("01900000-0000-7000-8000-000000000007"),
          .status = PaymentStatus::processing,
          .amount = Order::example().total,
          .client_secret = std::string("pi_3Nabc_secret_XYZ")};
}

OrderPayment OrderPayment::example() { return {.order = Order::example(), .payment = Payment::example()}; }

Payment payment_of(const PaymentRow& row) {
  return {.id = row.id, .status = row.status, .amount = row.amount, .client_secret = row.client_secret};
}

}  // namespace ashlar::backend
