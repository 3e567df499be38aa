// SPDX-License-Identifier: Apache-2.0
#include "backend/order_notices.hpp"

#include "ashlar/schema/constraints.hpp"
#include "backend/orders/order_events.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/users/user_repository.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::backend {

namespace {

std::string text_of(std::int64_t minor_units, std::string_view currency) {
  std::string out;
  schema::detail::append_money(minor_units, out);
  return out.append(" ").append(currency);
}

SendEmail order_mail(std::string to, std::string template_name, const Order& order) {
  SendEmail out{.to = std::move(to), .template_name = std::move(template_name)};
  out.values.text("order", order.id.to_string());
  out.values.text("at", order.created_at.to_string());
  out.values.text("total", text_of(order.total.minor_units(), order.currency));
  for (const OrderItem& item : order.items) {
    out.values.row(std::to_string(item.quantity) + " x " + item.name,
                   text_of(item.unit_price.minor_units() * item.quantity, order.currency));
  }
  return out;
}

Task<Result<>> handle_one(api::UnitOfWork& unit, events::Event event, Mails* mails, Notifications* notifications) {
  const auto order = event.data.as<Order>();
  if (!order || !order->user_id) co_return Result<>{};  // data of another version: nothing to say about it
  const auto user = co_await unwrap(UserRepository(unit).find(*order->user_id));
  if (!user) co_return Result<>{};
  if (event.type == order_created.name()) {
    mails->send(unit, order_mail(user->email, "order-confirmation", *order));
    co_return Result<>{};
  }
  if (event.type == order_refunded.name()) mails->send(unit, order_mail(user->email, "order-refunded", *order));
  notifications->add(unit, {.user = user->id,
                            .kind = event.type,
                            .resource = order->id,
                            .detail = text_of(order->total.minor_units(), order->currency)});
  co_return Result<>{};
}

Task<Result<>> handle(api::UnitOfWork& unit, std::vector<events::Event> events, Mails* mails,
                      Notifications* notifications) {
  for (events::Event& event : events) co_await unwrap(handle_one(unit, std::move(event), mails, notifications));
  co_return Result<>{};
}

Task<Result<>> handle_failure(api::UnitOfWork& unit, Uuid id, Mails* mails, Notifications* notifications) {
  const auto order = co_await unwrap(OrderRepository(unit).find(id));
  if (!order || !order->user_id) co_return Result<>{};
  const auto user = co_await unwrap(UserRepository(unit).find(*order->user_id));
  if (!user) co_return Result<>{};
  mails->send(unit, order_mail(user->email, "payment-failed", *order));
  notifications->add(unit, {.user = user->id,
                            .kind = "payment.failed",
                            .resource = order->id,
                            .detail = text_of(order->total.minor_units(), order->currency)});
  co_return Result<>{};
}

}  // namespace

events::ConsumerOptions order_notice_options() {
  return {.name = "order-notices",
          .types = {std::string(order_created.name()), std::string(order_paid.name()),
                    std::string(order_cancelled.name()), std::string(order_refunded.name())}};
}

events::Consumer::Handler order_notices(Mails& mails, Notifications& notifications) {
  return [&mails, &notifications](api::UnitOfWork& unit, std::vector<events::Event> events) {
    return handle(unit, std::move(events), &mails, &notifications);
  };
}

Payments::FailureHook payment_failure_notices(Mails& mails, Notifications& notifications) {
  return [&mails, &notifications](api::UnitOfWork& unit, Uuid order) {
    return handle_failure(unit, order, &mails, &notifications);
  };
}

}  // namespace ashlar::backend
