// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "backend/orders/payment_row.hpp"

namespace ashlar::backend {

// The audit entries of payments: a payment that is begun, and each change of its status. None where the status is the
// same as before. The provider's client secret and reasons are not in them.
void record_new_payment(api::UnitOfWork& unit, const PaymentRow& payment);
void record_payment_status(api::UnitOfWork& unit, const Uuid& payment, PaymentStatus before, PaymentStatus after);

}  // namespace ashlar::backend
