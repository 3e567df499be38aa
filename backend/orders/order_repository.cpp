// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/order_repository.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/events/publish.hpp"
#include "ashlar/sql/list.hpp"
#include "ashlar/sql/query.hpp"
#include "backend/list_counts.hpp"
#include "backend/orders/order_events.hpp"
#include "backend/raw_statements.hpp"

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
                     .updated_at = order.updated_at};
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
      .where(col<&OrderRow::status> == OrderStatus::pending && col<&OrderRow::created_at> <= created_until)
      .exists(in_);
}

Task<Result<std::vector<Order>>> OrderRepository::cancel_expired(api::UnitOfWork& unit, Timestamp created_until,
                                                                 std::int64_t orders_max) {
  auto rows = co_await unwrap(
      from<OrderRow>()
          .where(col<&OrderRow::status> == OrderStatus::pending && col<&OrderRow::created_at> <= created_until)
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

void record_status(api::UnitOfWork& unit, std::string_view action, const Uuid& id, OrderStatus before,
                   OrderStatus after) {
  audit::record(unit, {.action = action,
                       .resource = "order",
                       .resource_id = id.to_string(),
                       .changes = audit::ChangedFields()
                                      .add("status", audit::canonical_json(before), audit::canonical_json(after))
                                      .to_json()});
}

}  // namespace

Task<Result<std::vector<Order>>> OrderRepository::cancel_locked(api::UnitOfWork& unit, std::vector<OrderRow> rows) {
  if (rows.empty()) co_return std::vector<Order>{};
  std::vector<Uuid> ids;
  for (const OrderRow& row : rows) {
    ids.push_back(row.id);
    record_status(unit, "cancel", row.id, row.status, OrderStatus::cancelled);
  }
  const Timestamp now = unit.call().now();
  co_await unwrap(sql::update<OrderRow>()
                      .set(col<&OrderRow::status> = OrderStatus::cancelled, col<&OrderRow::updated_at> = now)
                      .where(col<&OrderRow::id>.in(ids))
                      .run(unit));
  for (OrderRow& row : rows) {
    row.status = OrderStatus::cancelled;
    row.updated_at = now;
  }
  auto orders = co_await unwrap(OrderRepository(unit).with_items(std::move(rows)));
  for (const Order& order : orders) publish(unit, order_cancelled, order);
  std::vector<OrderItem> items;
  for (const Order& order : orders) items.insert(items.end(), order.items.begin(), order.items.end());
  co_await unwrap(give_back(unit, std::move(items)));
  co_return orders;
}

Task<Result<bool>> OrderRepository::end(api::UnitOfWork& unit, Uuid id) {
  const Timestamp now = unit.call().now();
  const auto status = co_await unwrap(end_order(now, id).writing().one(unit));
  if (!status) co_return false;
  if (*status == OrderStatus::refunded) {
    record_status(unit, "refund", id, OrderStatus::paid, OrderStatus::refunded);
  } else {
    record_status(unit, "cancel", id, OrderStatus::pending, OrderStatus::cancelled);
  }
  co_await unwrap(sql::update<PaymentRow>()
                      .set(col<&PaymentRow::status> = PaymentStatus::refunded, col<&PaymentRow::updated_at> = now)
                      .where(col<&PaymentRow::order_id> == id)
                      .run(unit));
  const auto order = co_await unwrap(OrderRepository(unit).find(id));
  if (order) publish(unit, order->status == OrderStatus::refunded ? order_refunded : order_cancelled, *order);
  co_return true;
}

Task<Result<bool>> OrderRepository::pay(api::UnitOfWork& unit, Uuid id, Uuid payment) {
  const Timestamp now = unit.call().now();
  const auto order =
      co_await unwrap(sql::update<OrderRow>()
                          .set(col<&OrderRow::status> = OrderStatus::paid, col<&OrderRow::updated_at> = now)
                          .where(col<&OrderRow::id> == id && col<&OrderRow::status> == OrderStatus::pending)
                          .returning_one(unit));
  if (!order) co_return false;
  const PaymentRow row{.id = payment,
                       .order_id = id,
                       .status = PaymentStatus::taken,
                       .amount = order->total,
                       .currency = order->currency,
                       .created_at = now,
                       .updated_at = now};
  co_await unwrap(sql::insert(row).run(unit));
  record_status(unit, "pay", id, OrderStatus::pending, OrderStatus::paid);
  const auto paid = co_await unwrap(OrderRepository(unit).find(id));
  if (paid) publish(unit, order_paid, *paid);
  co_return true;
}

}  // namespace ashlar::backend
