// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/process_payment.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

Task<Result<>> process_payment(jobs::JobCall& call, ProcessPayment in, Payments& payments) {
  return payments.advance(call, in.payment_id);
}

Task<Result<>> reconcile_payments(jobs::JobCall& call, ReconcilePayments, Payments& payments) {
  co_await unwrap(payments.reconcile(call));
  co_return Result<>{};
}

void mount_payment_jobs(jobs::Table& table, Payments& payments) {
  // A payment that these attempts do not settle is settled by the reconciliation.
  table.add<ProcessPayment>(process_payment, payments)
      .queue("payments")
      .attempts(6)
      .timeout(60s)
      .summary("Call the payment provider for the next step of a payment");
  if (payments.provider() == nullptr) return;
  table.add<ReconcilePayments>(reconcile_payments, payments)
      .queue("payments")
      .attempts(1)
      .timeout(5min)
      .summary("Settle the payments whose outcome is open");
  table.every("*/15 * * * * *", "UTC", ReconcilePayments{}, {.unique_key = "all"});
}

}  // namespace ashlar::backend
