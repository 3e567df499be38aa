// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/order_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/events/publish.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/orders/order_events.hpp"
#include "backend/orders/payment_audit.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ashlar::backend {

using sql::asc;
using sql::col;
using sql::from;

namespace {

void publish(api::UnitOfWork& unit, const events::EventType<Order>& type, const Order& order) {
  events::publish(unit, type, order.id.to_string(), order);
}

}  // namespace

Task<Result<>> OrderRepository::create(api::UnitOfWork& unit, Order order) {
  const OrderRow row{.id = order.id,
                     .user_id = order.user_id,
                     .status = order.status,
                     .total = order.total,
                     .currency = order.currency,
                     .created_at = order.created_at,
                     .updated_at = order.updated_at,
                     .payment_id = {}};
  co_await unwrap(sql::insert(row).run(unit));
  std::vector<OrderItemRow> items;
  for (const OrderItem& item : order.items) {
    items.push_back({.order_id = order.id,
                     .position = static_cast<std::int64_t>(items.size()),
                     .product_id = item.product_id,
                     .name = item.name,
                     .quantity = item.quantity,
                     .unit_price = item.unit_price});
  }
  co_await unwrap(sql::insert_many(items).run(unit));
  audit::record_change(unit, audit::Write::unit, "create", audit::rules_of<Order>(), nullptr, &order);
  publish(unit, order_created, order);
  co_return Result<>{};
}

// The items of all of them in one query.
Task<Result<std::vector<Order>>> OrderRepository::with_items(std::vector<OrderRow> rows) {
  std::vector<Order> orders;
  std::vector<Uuid> ids;
  for (OrderRow& row : rows) {
    ids.push_back(row.id);
    orders.push_back({.id = row.id,
                      .user_id = row.user_id,
                      .status = row.status,
                      .items = {},
                      .total = row.total,
                      .currency = std::move(row.currency),
                      .created_at = row.created_at,
                      .updated_at = row.updated_at});
  }
  if (orders.empty()) co_return orders;
  auto items = co_await unwrap(from<OrderItemRow>()
                                   .where(col<&OrderItemRow::order_id>.in(ids))
                                   .order_by(asc<&OrderItemRow::order_id>, asc<&OrderItemRow::position>)
                                   .all(in_));
  for (OrderItemRow& item : items) {
    const auto owner = std::ranges::find(orders, item.order_id, &Order::id);
    if (owner == orders.end()) continue;
    owner->items.push_back({.product_id = item.product_id,
                            .name = std::move(item.name),
                            .quantity = item.quantity,
                            .unit_price = item.unit_price});
  }
  co_return orders;
}

Task<Result<std::optional<Order>>> OrderRepository::find(Uuid id) {
  auto rows = co_await unwrap(from<OrderRow>().where(col<&OrderRow::id> == id).all(in_));
  auto orders = co_await unwrap(with_items(std::move(rows)));
  if (orders.empty()) co_return std::nullopt;
  co_return std::move(orders.front());
}

Task<Result<std::vector<Order>>> OrderRepository::of_user_after(Uuid user, Uuid after, std::int64_t count_max) {
  auto rows = co_await unwrap(from<OrderRow>()
                                  .where(col<&OrderRow::user_id> == user && col<&OrderRow::id> > after)
                                  .order_by(asc<&OrderRow::id>)
                                  .limit(count_max)
                                  .all(in_));
  co_return co_await with_items(std::move(rows));
}

Task<Result<std::vector<Order>>> OrderRepository::all_after(Uuid after, std::int64_t count_max) {
  auto rows = co_await unwrap(
      from<OrderRow>().where(col<&OrderRow::id> > after).order_by(asc<&OrderRow::id>).limit(count_max).all(in_));
  co_return co_await with_items(std::move(rows));
}

Task<Result<std::optional<OrderOwner>>> OrderRepository::find_owner(Uuid id) {
  return sql::find<&OrderRow::id, OrderOwner>(id).one(in_);
}

namespace {

sql::List<OrderRow> orders_of(const VisibleOrders& visible, const ListOrders& wanted) {
  auto rows = sql::list<OrderRow>();
  rows.where_if(visible.user,
                [&](Uuid id) {
                  auto own = col<&OrderRow::user_id> == id;
                  return visible.others.empty() ? own : own || col<&OrderRow::id>.in(visible.others);
                })
      .order_by(wanted.sort, sql::tie_break<&OrderRow::id>(wanted.sort));
  return rows;
}

}  // namespace

Task<Result<api::Page<Order>>> OrderRepository::list(ListOrders wanted, VisibleOrders visible) {
  Counter counter{.list = "orders"};
  if (visible.user) counter = {.list = "orders.user", .part = visible.user->to_string()};
  const auto list = orders_of(visible, wanted);
  auto read = visible.others.empty()
                  ? list.page_with_total(in_, wanted.page, wanted.limit, total_of({std::move(counter)}, in_.dialect()))
                  : list.page_counted_to(in_, wanted.page, wanted.limit, filtered_rows_counted_max);
  auto rows = co_await unwrap(std::move(read));
  auto orders = co_await unwrap(with_items(std::move(rows.rows)));
  co_return api::page_of(sql::ListPage<Order>{.rows = std::move(orders), .total = rows.total, .kind = rows.kind},
                         wanted.page, wanted.limit);
}

Task<Result<api::Page<Order>>> OrderRepository::list_from(ListOrders wanted, VisibleOrders visible,
                                                          const sql::Cursors& cursors) {
  auto rows = co_await unwrap(
      orders_of(visible, wanted).cursor_page<&OrderRow::id>(in_, cursors, api::cursor_of(wanted.cursor), wanted.limit));
  sql::CursorPage<Order> page{.rows = {}, .next = std::move(rows.next), .previous = std::move(rows.previous)};
  page.rows = co_await unwrap(with_items(std::move(rows.rows)));
  co_return api::page_of(std::move(page), wanted.limit);
}

Task<Result<std::optional<TakenProduct>>> OrderRepository::take(api::UnitOfWork& unit, Uuid product,
                                                                std::int64_t quantity) {
  auto taken = co_await sql::update<Product>()
                   .set(col<&Product::stock> += -quantity)
                   .where(col<&Product::id> == product && col<&Product::stock> >= quantity)
                   .returning_one<TakenProduct>(unit);
  if (!taken || *taken) co_return taken;
  if (!co_await unwrap(from<Product>().where(col<&Product::id> == product).exists(unit))) co_return std::nullopt;
  co_return fail(errors::order_out_of_stock, "There are not enough pieces of a product: nothing was ordered.");
}

Task<Result<>> OrderRepository::give_back(api::UnitOfWork& unit, std::vector<OrderItem> items) {
  std::map<Uuid, std::int64_t>
      pieces;  // in the order in which they are taken, so that no two units wait for each other
  for (const OrderItem& item : items) {
    if (item.product_id) pieces[*item.product_id] += item.quantity;
  }
  for (const auto& [product, quantity] : pieces) {
    co_await unwrap(
        sql::update<Product>().set(col<&Product::stock> += quantity).where(col<&Product::id> == product).run(unit));
  }
  co_return Result<>{};
}

Task<Result<bool>> OrderRepository::any_expired(Timestamp created_until) {
  return from<OrderRow>()
      .where(col<&OrderRow::status> == OrderStatus::pending && col<&OrderRow::created_at> <= created_until &&
             col<&OrderRow::payment_id>.is_null())
      .exists(in_);
}

Task<Result<std::vector<Order>>> OrderRepository::cancel_expired(api::UnitOfWork& unit, Timestamp created_until,
                                                                 std::int64_t orders_max) {
  auto rows =
      co_await unwrap(from<OrderRow>()
                          .where(col<&OrderRow::status> == OrderStatus::pending &&
                                 col<&OrderRow::created_at> <= created_until && col<&OrderRow::payment_id>.is_null())
                          .order_by(asc<&OrderRow::created_at>, asc<&OrderRow::id>)
                          .limit(orders_max)
                          .for_update(sql::LockedRows::skip)
                          .all(unit));
  co_return co_await cancel_locked(unit, std::move(rows));
}

Task<Result<std::vector<Order>>> OrderRepository::cancel_pending_of(api::UnitOfWork& unit, Uuid user) {
  auto rows =
      co_await unwrap(from<OrderRow>()
                          .where(col<&OrderRow::user_id> == user && col<&OrderRow::status> == OrderStatus::pending)
                          .order_by(asc<&OrderRow::id>)
                          .for_update()
                          .all(unit));
  co_return co_await cancel_locked(unit, std::move(rows));
}

namespace {

// The action of an audit entry and the type of an event, by the status that an order gets.
struct StatusChange {
  std::string_view action;
  const events::EventType<Order>* event;
};

StatusChange change_to(OrderStatus status) {
  switch (status) {
    case OrderStatus::pending:
      break;  // an order is created so, and never becomes it again
    case OrderStatus::paid:
      return {.action = "pay", .event = &order_paid};
    case OrderStatus::cancelled:
      return {.action = "cancel", .event = &order_cancelled};
    case OrderStatus::refunded:
      return {.action = "refund", .event = &order_refunded};
  }
  return {.action = "create", .event = &order_created};
}

void record_status(api::UnitOfWork& unit, const Uuid& id, OrderStatus before, OrderStatus after) {
  audit::record(unit, {.action = change_to(after).action,
                       .resource = "order",
                       .resource_id = id.to_string(),
                       .changes = audit::ChangedFields()
                                      .add("status", audit::canonical_json(before), audit::canonical_json(after))
                                      .to_json()});
}

void publish_status(api::UnitOfWork& unit, const Order& order) { publish(unit, *change_to(order.status).event, order); }

}  // namespace

Task<Result<std::vector<Order>>> OrderRepository::cancel_locked(api::UnitOfWork& unit, std::vector<OrderRow> rows) {
  if (rows.empty()) co_return std::vector<Order>{};
  std::vector<Uuid> ids;
  std::vector<Uuid> payments;
  for (const OrderRow& row : rows) {
    ids.push_back(row.id);
    if (row.payment_id) payments.push_back(*row.payment_id);
    record_status(unit, row.id, row.status, OrderStatus::cancelled);
  }
  const Timestamp now = unit.call().now();
  co_await unwrap(end_payments(unit, std::move(payments)));
  co_await unwrap(sql::update<OrderRow>()
                      .set(col<&OrderRow::status> = OrderStatus::cancelled, col<&OrderRow::updated_at> = now)
                      .where(col<&OrderRow::id>.in(ids))
                      .run(unit));
  for (OrderRow& row : rows) {
    row.status = OrderStatus::cancelled;
    row.updated_at = now;
  }
  auto orders = co_await unwrap(OrderRepository(unit).with_items(std::move(rows)));
  for (const Order& order : orders) publish_status(unit, order);
  std::vector<OrderItem> items;
  for (const Order& order : orders) items.insert(items.end(), order.items.begin(), order.items.end());
  co_await unwrap(give_back(unit, std::move(items)));
  co_return orders;
}

// What becomes of the money follows: a payment whose outcome is open is cancelled or, if that is too late, refunded,
// and one that was made is refunded. Payments::reconcile() continues from here.
Task<Result<>> OrderRepository::end_payments(api::UnitOfWork& unit, std::vector<Uuid> payments) {
  if (payments.empty()) co_return Result<>{};
  const Timestamp now = unit.call().now();
  for (const auto& [from_status, to_status] : {std::pair(PaymentStatus::processing, PaymentStatus::cancelling),
                                               std::pair(PaymentStatus::succeeded, PaymentStatus::refunding)}) {
    const auto changed =
        co_await unwrap(sql::update<PaymentRow>()
                            .set(col<&PaymentRow::status> = to_status, col<&PaymentRow::check_at> = Nullable(now),
                                 col<&PaymentRow::checks> = 0, col<&PaymentRow::updated_at> = now)
                            .where(col<&PaymentRow::id>.in(payments) && col<&PaymentRow::status> == from_status)
                            .returning_all(unit));
    for (const PaymentRow& payment : changed) record_payment_status(unit, payment.id, from_status, to_status);
  }
  co_return Result<>{};
}

Task<Result<bool>> OrderRepository::end(api::UnitOfWork& unit, Uuid id) {
  const auto order = co_await unwrap(lock(unit, id));
  if (!order || (order->status != OrderStatus::pending && order->status != OrderStatus::paid)) co_return false;
  const auto ended = order->status == OrderStatus::paid ? OrderStatus::refunded : OrderStatus::cancelled;
  std::vector<Uuid> payments;
  if (order->payment_id) payments.push_back(*order->payment_id);
  co_await unwrap(end_payments(unit, std::move(payments)));
  co_await unwrap(write(unit, *order, ended, order->payment_id));
  co_return true;
}

Task<Result<std::optional<OrderRow>>> OrderRepository::lock(api::UnitOfWork& unit, Uuid id) {
  return from<OrderRow>().where(col<&OrderRow::id> == id).for_update().one(unit);
}

Task<Result<>> OrderRepository::write(api::UnitOfWork& unit, OrderRow before, OrderStatus status,
                                      Nullable<Uuid> payment) {
  co_await unwrap(sql::update<OrderRow>()
                      .set(col<&OrderRow::status> = status, col<&OrderRow::payment_id> = payment,
                           col<&OrderRow::updated_at> = unit.call().now())
                      .where(col<&OrderRow::id> == before.id)
                      .run(unit));
  if (status == before.status) co_return Result<>{};
  record_status(unit, before.id, before.status, status);
  const auto order = co_await unwrap(OrderRepository(unit).find(before.id));
  if (order) publish_status(unit, *order);
  co_return Result<>{};
}

}  // namespace ashlar::backend
