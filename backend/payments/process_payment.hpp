// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/jobs/call.hpp"
#include "ashlar/jobs/table.hpp"
#include "backend/payments/payments.hpp"

#include <string_view>

namespace ashlar::backend {

// Does the next step of a payment, when it begins and when its state may have changed.
struct ProcessPayment {
  static constexpr std::string_view job_name = "process-payment";
  Uuid payment_id;
};
ASHLAR_DESCRIBE(ProcessPayment, payment_id)

// Looks at every payment that is due: what a crash, a lost answer or a webhook that never came left behind.
struct ReconcilePayments {
  static constexpr std::string_view job_name = "reconcile-payments";
};
ASHLAR_DESCRIBE(ReconcilePayments)

Task<Result<>> process_payment(jobs::JobCall& call, ProcessPayment in, Payments& payments);
Task<Result<>> reconcile_payments(jobs::JobCall& call, ReconcilePayments in, Payments& payments);

// `payments` outlives the worker.
void mount_payment_jobs(jobs::Table& table, Payments& payments);

}  // namespace ashlar::backend
