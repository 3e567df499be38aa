// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/listing.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "backend/payments/payment.hpp"
#include "backend/payments/payments.hpp"

namespace ashlar::backend {

class Products;

// Refunds a paid order in full: it is refunded at once, its pieces return to the stock, and the job process-payment
// has the provider give the money back. Errors: order.not_found, order.not_refundable.
Task<Result<api::Accepted<OrderPayment>>> refund_order(api::UserCall& call, api::ById in, api::Units& units,
                                                       Payments& payments, Products& products);

}  // namespace ashlar::backend
