// SPDX-License-Identifier: Apache-2.0
#include "backend/orders/order_expiry.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "backend/orders/order_repository.hpp"
#include "backend/products/products.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>

namespace ashlar::backend {

namespace {

constexpr std::chrono::milliseconds interval_min{1'000};
constexpr std::chrono::milliseconds interval_max{30'000};

Task<Result<std::int64_t>> expire_batch(api::UnitOfWork& unit, Timestamp created_until, std::int64_t orders_max,
                                        Products* products) {
  const auto expired = co_await unwrap(OrderRepository::cancel_expired(unit, created_until, orders_max));
  products->forget_after(unit, products_of(expired));
  co_return static_cast<std::int64_t>(expired.size());
}

}  // namespace

struct OrderExpiry::OnLoop {
  explicit OnLoop(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
  boost::asio::io_context& loop;
  async::TaskScope tasks;
};

OrderExpiry::OrderExpiry(api::Units& units, Products& products, api::Call::Environment environment,
                         OrderExpiryOptions options)
    : units_(units), products_(products), environment_(environment), options_(options) {}

OrderExpiry::~OrderExpiry() = default;

void OrderExpiry::start(boost::asio::io_context& loop) {
  on_loop_ = std::make_unique<OnLoop>(loop);
  on_loop_->tasks.start(run());
}

void OrderExpiry::close() {
  if (!on_loop_) return;
  on_loop_->tasks.cancel();
  async::run_to_end(on_loop_->loop, on_loop_->tasks.join());
  on_loop_.reset();
}

Task<Result<std::int64_t>> OrderExpiry::run_once() {
  const Timestamp created_until = environment_.clock->now() - options_.pending_max;
  std::int64_t expired = 0;
  // A read first: a pass without a due order takes no write lock.
  while (co_await unwrap(OrderRepository(units_.database()).any_expired(created_until))) {
    api::SystemCall call(environment_, "order expiry");
    const std::int64_t batch =
        co_await unwrap(units_.run(call, &expire_batch, created_until, options_.orders_per_unit, &products_));
    expired += batch;
    if (batch == 0) break;  // another instance holds the rest
  }
  co_return expired;
}

Task<> OrderExpiry::run() {
  const auto interval = std::clamp(options_.pending_max / 10, interval_min, interval_max);
  while (true) {
    report(co_await async::caught(run_once()));
    co_await async::sleep_for(interval);
  }
}

void OrderExpiry::report(const Result<std::int64_t>& expired) {
  if (!expired && !failing_) {
    environment_.logger->warn("pending orders cannot be expired",
                              {{"error", expired.error().code().name}, {"cause", expired.error().cause()}});
  } else if (expired && *expired > 0) {
    environment_.logger->info("pending orders expired", {{"count", *expired}});
  }
  failing_ = !expired;
}

}  // namespace ashlar::backend
