// SPDX-License-Identifier: Apache-2.0
#include "backend/payments/settlement.hpp"

#include "ashlar/schema/describe.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::backend {
namespace {

using payments::IntentStatus;
using Amount = SettlementCase::Amount;
using Current = SettlementCase::Current;
using Link = Settlement::Link;
using Next = Settlement::Next;

std::string text_of(const SettlementCase& at) {
  return std::string(schema::name_of(at.order)) + " order, " + std::string(schema::name_of(at.payment)) + " payment, " +
         std::string(schema::name_of(at.intent)) + " intent, current " + std::to_string(static_cast<int>(at.current)) +
         (at.amount == Amount::equal ? "" : ", another amount");
}

template <class F>
void for_each_case(F check) {
  for (const OrderStatus order : schema::Describe<OrderStatus>::values())
    for (const PaymentStatus payment : schema::Describe<PaymentStatus>::values())
      for (const IntentStatus intent : schema::Describe<IntentStatus>::values())
        for (const Current current : {Current::none, Current::this_one, Current::another})
          for (const Amount amount : {Amount::equal, Amount::different}) {
            const SettlementCase at{order, current, payment, intent, amount};
            SCOPED_TRACE(text_of(at));
            check(at, settle(at));
          }
}

TEST(Settlements, FollowTheReport) {
  using enum PaymentStatus;
  using Order = OrderStatus;
  const struct {
    SettlementCase at;
    Settlement after;
  } table[] = {
      // The usual way.
      {{Order::pending, Current::this_one, processing, IntentStatus::processing},
       {processing, Order::pending, Link::kept, Next::later}},
      {{Order::pending, Current::this_one, processing, IntentStatus::awaiting_customer},
       {processing, Order::pending, Link::kept, Next::later}},
      {{Order::pending, Current::this_one, processing, IntentStatus::succeeded},
       {succeeded, Order::paid, Link::made, Next::never}},
      {{Order::pending, Current::this_one, processing, IntentStatus::failed},
       {failed, Order::pending, Link::removed, Next::soon}},
      {{Order::pending, Current::this_one, processing, IntentStatus::cancelled},
       {cancelled, Order::pending, Link::removed, Next::never}},
      // Reports that come again, or late.
      {{Order::paid, Current::this_one, succeeded, IntentStatus::succeeded},
       {succeeded, Order::paid, Link::kept, Next::never}},
      {{Order::paid, Current::this_one, succeeded, IntentStatus::failed},
       {succeeded, Order::paid, Link::kept, Next::never}},
      {{Order::refunded, Current::this_one, refunding, IntentStatus::succeeded},
       {refunding, Order::refunded, Link::kept, Next::soon}},
      {{Order::refunded, Current::this_one, refunded, IntentStatus::succeeded},
       {refunded, Order::refunded, Link::kept, Next::never}},
      // The order was cancelled meanwhile.
      {{Order::cancelled, Current::this_one, cancelling, IntentStatus::succeeded},
       {refunding, Order::refunded, Link::kept, Next::soon}},
      {{Order::cancelled, Current::this_one, cancelling, IntentStatus::awaiting_customer},
       {cancelling, Order::cancelled, Link::kept, Next::soon}},
      {{Order::cancelled, Current::this_one, cancelling, IntentStatus::processing},
       {cancelling, Order::cancelled, Link::kept, Next::later}},
      {{Order::cancelled, Current::this_one, cancelling, IntentStatus::failed},
       {cancelling, Order::cancelled, Link::kept, Next::soon}},
      {{Order::cancelled, Current::this_one, cancelling, IntentStatus::cancelled},
       {cancelled, Order::cancelled, Link::kept, Next::never}},
      {{Order::cancelled, Current::this_one, cancelled, IntentStatus::succeeded},
       {refunding, Order::refunded, Link::kept, Next::soon}},
      // The customer confirms an intent that had failed.
      {{Order::pending, Current::none, failed, IntentStatus::succeeded},
       {succeeded, Order::paid, Link::made, Next::never}},
      {{Order::pending, Current::another, failed, IntentStatus::succeeded},
       {refunding, Order::pending, Link::kept, Next::soon}},
      {{Order::paid, Current::another, failed, IntentStatus::succeeded},
       {refunding, Order::paid, Link::kept, Next::soon}},
      {{Order::pending, Current::none, failed, IntentStatus::cancelled},
       {failed, Order::pending, Link::kept, Next::never}},
      {{Order::pending, Current::another, failed, IntentStatus::awaiting_customer},
       {failed, Order::pending, Link::kept, Next::soon}},
      // Not what was asked for.
      {{Order::pending, Current::this_one, processing, IntentStatus::succeeded, Amount::different},
       {refunding, Order::pending, Link::removed, Next::soon}},
  };
  for (const auto& [at, after] : table) EXPECT_EQ(settle(at), after) << text_of(at);
}

// What holds in every case.
TEST(Settlements, NeverLoseOrTakeMoney) {
  for_each_case([](const SettlementCase& at, const Settlement& after) {
    const bool charged = at.intent == IntentStatus::succeeded;
    if (charged) {
      EXPECT_TRUE(after.payment == PaymentStatus::succeeded || after.payment == PaymentStatus::refunding ||
                  after.payment == PaymentStatus::refunded)
          << "a charge is kept or returned";
    }
    if (after.order == OrderStatus::paid && at.order != OrderStatus::paid) {
      EXPECT_TRUE(charged && at.amount == Amount::equal && at.current != Current::another);
      EXPECT_EQ(after.payment, PaymentStatus::succeeded);
      EXPECT_EQ(after.link, Link::made);
    }
    if (after.payment == PaymentStatus::succeeded && at.payment != PaymentStatus::succeeded) {
      EXPECT_EQ(after.order, OrderStatus::paid);
      EXPECT_EQ(at.order, OrderStatus::pending) << "it is paid once";
    }
    if (at.order == OrderStatus::paid) {
      EXPECT_EQ(after.order, OrderStatus::paid) << "a report takes no order back";
    }
    if (after.payment == PaymentStatus::refunding) {
      EXPECT_EQ(after.next, Next::soon);
    }
    const bool final = at.intent == IntentStatus::cancelled || charged;
    const bool decided = after.payment == PaymentStatus::succeeded || after.payment == PaymentStatus::refunded;
    if (after.next == Next::never) {
      EXPECT_TRUE(final || decided) << "an intent that can still be charged is not left alone";
    }
    if (at.current == Current::another) {
      EXPECT_EQ(after.link, Link::kept) << "another attempt is not touched";
    }
  });
}

TEST(Settlements, ChangeNothingTheSecondTime) {
  for_each_case([](const SettlementCase& at, const Settlement& after) {
    SettlementCase again = at;
    again.order = after.order;
    again.payment = after.payment;
    if (after.link == Link::made) again.current = Current::this_one;
    if (after.link == Link::removed) again.current = Current::none;
    const Settlement second = settle(again);
    EXPECT_EQ(second.order, after.order);
    EXPECT_EQ(second.payment, after.payment);
  });
}

}  // namespace
}  // namespace ashlar::backend
