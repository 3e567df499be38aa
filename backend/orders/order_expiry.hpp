// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace ashlar::backend {

class Products;

struct OrderExpiryOptions {
  std::chrono::milliseconds pending_max{30 * 60 * 1'000};  // from the order's creation
  std::int64_t orders_per_unit = 100;                      // locked and cancelled in one transaction
};

// Cancels orders that stay pending for too long, and returns their pieces to the stock, in batches of one unit of work
// each. An order and its stock change in one transaction, so a crash loses nothing and the next pass continues.
// Instances that share a database run it at the same time: on PostgreSQL each skips the rows that another one holds.
//
// It runs on one loop, from start(), before the loop has a thread, to close(), when the thread has been joined and the
// database is still open. An order is cancelled at most a tenth of pending_max late, and at most 30 s.
class OrderExpiry {
 public:
  // All of them outlive it.
  OrderExpiry(api::Units& units, Products& products, api::Call::Environment environment, OrderExpiryOptions options);
  ~OrderExpiry();  // it was closed, or never started
  OrderExpiry(const OrderExpiry&) = delete;
  OrderExpiry& operator=(const OrderExpiry&) = delete;

  void start(boost::asio::io_context& loop);
  // Waits for the batch that runs. The second time it does nothing.
  void close();

  // One pass: cancels every order that is due, and returns how many those were. Runs on any loop. Errors: those of the
  // database.
  Task<Result<std::int64_t>> run_once();

 private:
  Task<> run();
  void report(const Result<std::int64_t>& expired);

  api::Units& units_;
  Products& products_;
  const api::Call::Environment environment_;
  const OrderExpiryOptions options_;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
  bool failing_ = false;
};

}  // namespace ashlar::backend
