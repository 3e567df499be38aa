// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/reply.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/orders/order.hpp"
#include "backend/orders/order_list.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// A product's name and price at the moment when pieces were taken.
struct TakenProduct {
  std::string name;
  Price price;
};
ASHLAR_DESCRIBE(TakenProduct, name, price)

struct OrderOwner {
  Nullable<Uuid> user_id;
};
ASHLAR_DESCRIBE(OrderOwner, user_id)

// Which orders somebody sees: those of `user`, and `others`; without a user, all.
struct VisibleOrders {
  std::optional<Uuid> user{};
  std::vector<Uuid> others{};
};

// The rows of orders with their items and payments. Reads go to the executor that it is made for; writes take a unit of
// work, which commits all of them.
class OrderRepository {
 public:
  explicit OrderRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<Order>>> find(Uuid id);
  Task<Result<std::optional<OrderOwner>>> find_owner(Uuid id);
  Task<Result<api::Page<Order>>> list(ListOrders wanted, VisibleOrders visible);
  Task<Result<api::Page<Order>>> list_from(ListOrders wanted, VisibleOrders visible,
                                           const sql::Cursors& cursors);  // by wanted.cursor
  // Of the user, in the order of their ids: those after the id `after`, at most `count_max`.
  Task<Result<std::vector<Order>>> of_user_after(Uuid user, Uuid after, std::int64_t count_max);
  // The same of all orders.
  Task<Result<std::vector<Order>>> all_after(Uuid after, std::int64_t count_max);
  // Whether there is a pending order that was created then or before, and is not being paid.
  Task<Result<bool>> any_expired(Timestamp created_until);

  static Task<Result<>> create(api::UnitOfWork& unit, Order order);
  // Takes pieces from the stock. nullopt when there is no such product; error order.out_of_stock when there are fewer.
  static Task<Result<std::optional<TakenProduct>>> take(api::UnitOfWork& unit, Uuid product, std::int64_t quantity);
  static Task<Result<>> give_back(api::UnitOfWork& unit, std::vector<OrderItem> items);

  // Cancels a pending order, refunds a paid one: false when it was ended before. Its payment is then cancelled or
  // refunded at the provider (docs/design/payments.md).
  static Task<Result<bool>> end(api::UnitOfWork& unit, Uuid id);
  // Cancels pending orders and returns their pieces to the stock: the oldest `orders_max` that were created until then,
  // without those that another transaction has locked and those that are being paid; or those of a user.
  static Task<Result<std::vector<Order>>> cancel_expired(api::UnitOfWork& unit, Timestamp created_until,
                                                         std::int64_t orders_max);
  static Task<Result<std::vector<Order>>> cancel_pending_of(api::UnitOfWork& unit, Uuid user);

  // Locks the row until the unit ends.
  static Task<Result<std::optional<OrderRow>>> lock(api::UnitOfWork& unit, Uuid id);
  // Writes the status and the payment of an order whose row, `before`, is locked. A change of the status leaves an
  // audit entry and publishes its event.
  static Task<Result<>> write(api::UnitOfWork& unit, OrderRow before, OrderStatus status, Nullable<Uuid> payment);

 private:
  Task<Result<std::vector<Order>>> with_items(std::vector<OrderRow> rows);
  static Task<Result<std::vector<Order>>> cancel_locked(api::UnitOfWork& unit, std::vector<OrderRow> rows);
  static Task<Result<>> end_payments(api::UnitOfWork& unit, std::vector<Uuid> payments);
  sql::Executor& in_;
};

}  // namespace ashlar::backend
