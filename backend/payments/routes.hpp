// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/web/routes.hpp"
#include "backend/payments/payments.hpp"
#include "backend/payments/receive_stripe_event.hpp"
#include "backend/products/products.hpp"

namespace ashlar::backend {

// `webhook` outlives the routes.
void mount_payments(web::Routes& routes, api::Units& units, Payments& payments, Products& products,
                    const StripeWebhookOptions& webhook);

}  // namespace ashlar::backend
