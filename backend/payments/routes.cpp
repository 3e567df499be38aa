// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/routes.hpp"

#include "backend/orders/customer_of.hpp"
#include "backend/payments/pay_order.hpp"
#include "backend/payments/refund_order.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

// clang-format off
void mount_payments(web::Routes& routes, api::Units& units, Payments& payments, Products& products, const StripeWebhookOptions& webhook) {
  sql::Database& database = units.database();
  routes.post("/api/orders/{id}/pay", pay_order, units, payments).owner_or("pay:order", customer_of, database).idempotency_key()
      .name("payOrder").tag("Orders").summary("Pay an order of mine; once, however often it is sent").fails_with(errors::order_not_found, errors::order_not_pending, errors::payments_not_configured, api::errors::idempotency_mismatch);
  routes.post("/api/orders/{id}/refund", refund_order, units, payments, products).permission("refund:order")
      .name("refundOrder").tag("Orders").summary("Refund a paid order").fails_with(errors::order_not_found, errors::order_not_refundable);
  auto& stripe = routes.raw(http::Method::post, "/api/webhooks/stripe", [&payments, &webhook](api::Call& call, http::Request& request, http::Response& response) {
    return receive_stripe_event(call, request, response, payments, webhook);
  }).set_guard(api::open());
  stripe.csrf = web::CsrfCheck::never;  // the signature says who sent it
  stripe.endpoint.importance = api::Endpoint::Importance::essential;
  stripe.endpoint.limits.push_back({.requests = 6'000, .window = 1min});
}
// clang-format on

}  // namespace ashlar::backend
