// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/transaction.hpp"
#include "ashlar/web/reply.hpp"
#include "backend/orders/list_orders.hpp"
#include "backend/orders/order.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// Two orders that crossed, in a circle of locks or with DATABASE_ISOLATION above its default: the later one is tried
// again. Those for one product come one after another, so a crowd needs many attempts.
inline constexpr sql::TransactionOptions order_transaction{.attempts_max = 30};

// What a piece was called and cost when it was taken.
struct TakenProduct {
  std::string name;
  Price price;
};
ASHLAR_DESCRIBE(TakenProduct, name, price)

// The rows of orders with their items and payments. As UserRepository: for a database or a transaction; what changes
// something is for a transaction.
class OrderRepository {
 public:
  explicit OrderRepository(sql::Executor& in) : in_(in) {}

  Task<Result<>> create(Order order);
  Task<Result<std::optional<Order>>> find(Uuid id);
  Task<Result<std::optional<Uuid>>> find_user(Uuid id);
  Task<Result<web::Page<Order>>> list(ListOrders wanted, std::optional<Uuid> user);  // nullopt: everybody's

  // Takes pieces from the stock. nullopt when there is no such product; error order.out_of_stock when there are fewer.
  Task<Result<std::optional<TakenProduct>>> take(Uuid product, std::int64_t quantity);
  Task<Result<>> give_back(std::vector<OrderItem> items);

  // Cancels, or refunds, what is not over: false when it is.
  Task<Result<bool>> end(Uuid id, Timestamp now);
  // false when it is not pending.
  Task<Result<bool>> pay(Uuid id, Uuid payment, Timestamp now);

 private:
  Task<Result<std::vector<Order>>> with_items(std::vector<OrderRow> rows);
  sql::Executor& in_;
};

}  // namespace ashlar::backend
