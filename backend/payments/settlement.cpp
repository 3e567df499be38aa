// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/settlement.hpp"

namespace ashlar::backend {

namespace {

using payments::IntentStatus;
using Current = SettlementCase::Current;
using Link = Settlement::Link;
using Next = Settlement::Next;

// It was decided before, so no report changes it any more.
bool is_decided(PaymentStatus status) {
  return status == PaymentStatus::succeeded || status == PaymentStatus::refunding || status == PaymentStatus::refunded;
}

Settlement charged(const SettlementCase& at) {
  const bool may_pay =
      at.order == OrderStatus::pending && at.current != Current::another && at.amount == SettlementCase::Amount::equal;
  if (may_pay) return {PaymentStatus::succeeded, OrderStatus::paid, Link::made, Next::never};
  // An order that was cancelled while it was being paid ends as refunded.
  const OrderStatus order = at.order == OrderStatus::cancelled ? OrderStatus::refunded : at.order;
  const bool blocks = at.order == OrderStatus::pending && at.current == Current::this_one;
  return {PaymentStatus::refunding, order, blocks ? Link::removed : Link::kept, Next::soon};
}

Settlement not_charged(const SettlementCase& at, PaymentStatus payment, Next next) {
  const bool blocks =
      at.order == OrderStatus::pending && at.current == Current::this_one && payment != PaymentStatus::processing;
  return {payment, at.order, blocks ? Link::removed : Link::kept, next};
}

}  // namespace

Settlement settle(const SettlementCase& at) {
  if (is_decided(at.payment)) {
    const Next next = at.payment == PaymentStatus::refunding ? Next::soon : Next::never;
    return {at.payment, at.order, Link::kept, next};
  }
  const bool open = at.payment == PaymentStatus::processing;
  switch (at.intent) {
    case IntentStatus::succeeded:
      return charged(at);
    case IntentStatus::cancelled: {
      const bool failed = at.payment == PaymentStatus::failed;
      return not_charged(at, failed ? PaymentStatus::failed : PaymentStatus::cancelled, Next::never);
    }
    case IntentStatus::failed:
      // The customer could still confirm the intent with another card: it is cancelled next.
      return not_charged(at, open ? PaymentStatus::failed : at.payment, Next::soon);
    case IntentStatus::awaiting_customer:
      return not_charged(at, at.payment, open ? Next::later : Next::soon);
    case IntentStatus::processing:
      return not_charged(at, at.payment, Next::later);
  }
  return {at.payment, at.order, Link::kept, Next::later};
}

}  // namespace ashlar::backend
