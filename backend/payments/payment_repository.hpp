// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "backend/orders/payment_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// A payment and its order, both locked until the unit ends. Every unit locks the order first, so that none waits for
// another in a circle.
struct LockedPayment {
  OrderRow order;
  PaymentRow payment;
};

// The rows of payments. Reads go to the executor that it is made for; writes take a unit of work.
class PaymentRepository {
 public:
  explicit PaymentRepository(sql::Executor& in) : in_(in) {}

  Task<Result<std::optional<PaymentRow>>> find(Uuid id);
  Task<Result<std::optional<PaymentRow>>> find_by_intent(std::string intent);
  // Those that are to be looked at by then, the longest waiting first.
  Task<Result<std::vector<Uuid>>> due(Timestamp until, std::int64_t count_max);
  // Other payments of the order whose intents are not final: failed or cancelled ones that a customer may still
  // confirm.
  Task<Result<std::vector<Uuid>>> unfinished_others(Uuid order, Uuid payment);
  Task<Result<std::int64_t>> attempts(Uuid order);  // the highest number of one, 0 without any

  // nullopt: there is no such payment.
  static Task<Result<std::optional<LockedPayment>>> lock(api::UnitOfWork& unit, Uuid payment);
  static Task<Result<>> insert(api::UnitOfWork& unit, PaymentRow row);
  // Everything but what never changes: order, attempt, amount, card, keys, time of creation. The row is locked, and its
  // status was `before`: a change of it leaves an audit entry.
  static Task<Result<>> write(api::UnitOfWork& unit, PaymentStatus before, PaymentRow row);

  // Whether the event is new. Inserts it.
  static Task<Result<bool>> receive_event(api::UnitOfWork& unit, std::string id, std::string type);
  static Task<Result<std::int64_t>> forget_events(api::UnitOfWork& unit, Timestamp received_before);

 private:
  sql::Executor& in_;
};

}  // namespace ashlar::backend
