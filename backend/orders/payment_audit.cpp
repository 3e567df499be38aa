// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/payment_audit.hpp"

#include "ashlar/audit/record.hpp"

#include <string>
#include <utility>

namespace ashlar::backend {

namespace {

std::string_view action_of(PaymentStatus status) {
  switch (status) {
    case PaymentStatus::processing:
      break;
    case PaymentStatus::succeeded:
      return "succeed";
    case PaymentStatus::failed:
      return "fail";
    case PaymentStatus::cancelling:
      return "begin_cancel";
    case PaymentStatus::cancelled:
      return "cancel";
    case PaymentStatus::refunding:
      return "begin_refund";
    case PaymentStatus::refunded:
      return "refund";
  }
  return "update";
}

void record(api::UnitOfWork& unit, std::string_view action, const Uuid& payment, const audit::ChangedFields& changes) {
  audit::record(
      unit,
      {.action = action, .resource = "payment", .resource_id = payment.to_string(), .changes = changes.to_json()});
}

}  // namespace

void record_new_payment(api::UnitOfWork& unit, const PaymentRow& payment) {
  audit::ChangedFields changes;
  changes.add("status", "null", audit::canonical_json(payment.status));
  changes.add("amount", "null", audit::canonical_json(payment.amount));
  changes.add_after("currency", payment.currency);
  changes.add_after("orderId", payment.order_id.to_string());
  changes.add_after("provider", payment.provider);
  record(unit, "create", payment.id, changes);
}

void record_payment_status(api::UnitOfWork& unit, const Uuid& payment, PaymentStatus before, PaymentStatus after) {
  if (before == after) return;
  audit::ChangedFields changes;
  changes.add("status", audit::canonical_json(before), audit::canonical_json(after));
  record(unit, action_of(after), payment, changes);
}

}  // namespace ashlar::backend
