// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/sql/database.hpp"
#include "backend/orders/order_row.hpp"

#include <optional>
#include <string>

namespace ashlar::backend {

// The answers that were given under an Idempotency-Key. For the transaction that makes the answer.
class IdempotencyRepository {
 public:
  explicit IdempotencyRepository(sql::Transaction& in) : in_(in) {}

  // nullopt: the key is ours until the transaction ends, and keep() is called in it. Else what was answered; who comes
  // while another works under the same key waits for it. Error idempotency.mismatch for another request. A few keys
  // that expired, whosever they were, go with each that is claimed.
  Task<Result<std::optional<Order>>> claim(IdempotencyRow row, Timestamp now);
  Task<Result<>> keep(Uuid user, std::string key, Order answer);

 private:
  Task<Result<>> drop_expired(Timestamp now);
  sql::Transaction& in_;
};

}  // namespace ashlar::backend
