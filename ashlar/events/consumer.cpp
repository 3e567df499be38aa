// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/consumer.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/events/internal_event.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

namespace ashlar::events {

namespace {

// The arguments belong to the consumer's own frame, which outlives the unit.
Task<Result<>> handle_in_unit(api::UnitOfWork& unit, const Consumer::Handler* handler, std::vector<Event> events,
                              Position next, LeaseRequest lease) {
  if (!events.empty()) co_await unwrap((*handler)(unit, std::move(events)));
  co_return co_await Outbox::advance(unit, std::move(next), std::move(lease));
}

}  // namespace

struct Consumer::State {
  struct OnLoop {
    explicit OnLoop(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
    boost::asio::io_context& loop;
    async::TaskScope tasks;
  };
  LeaseRequest lease;
  std::unique_ptr<OnLoop> on_loop;  // null: not started, or closed
  async::Wakeup wakeup;

  bool is_added = false;
  std::optional<Position> position;  // known until the next batch is handled, while the lease is held
  std::chrono::steady_clock::time_point renew_at;
  std::int64_t events_per_batch = 0;
  bool was_last = true;  // Batch::is_last of the batch that was read last
  bool failing = false;

  std::atomic<std::uint64_t> events = 0;
  std::atomic<std::uint64_t> batches = 0;
  std::atomic<std::uint64_t> failures = 0;
  std::atomic<bool> is_holding = false;

  void lose_lease() {
    position.reset();
    is_holding = false;
  }
};

Consumer::Consumer(Services services, ConsumerOptions options, Handler handler)
    : services_(services),
      options_(std::move(options)),
      handler_(std::move(handler)),
      state_(std::make_unique<State>()) {
  state_->lease = {.consumer = options_.name,
                   .holder = Uuid::make(*services_.environment.clock, *services_.environment.random),
                   .time = options_.lease_time};
  state_->events_per_batch = options_.events_per_batch;
  services_.bus.wake_after_publish([this] { wake(); });
}

Consumer::~Consumer() = default;

void Consumer::start(boost::asio::io_context& loop) {
  state_->wakeup.open(loop);
  state_->on_loop = std::make_unique<State::OnLoop>(loop);
  state_->on_loop->tasks.start(run());
}

void Consumer::close() {
  if (!state_->on_loop) return;
  boost::asio::io_context& loop = state_->on_loop->loop;
  state_->on_loop->tasks.cancel();
  async::run_to_end(loop, state_->on_loop->tasks.join());
  state_->wakeup.close();
  state_->on_loop.reset();
  if (!state_->is_holding) return;
  state_->lose_lease();
  // Without it the next instance waits for the end of the lease.
  (void)async::run_to_end(loop, services_.outbox.release(state_->lease.consumer, state_->lease.holder));
}

void Consumer::wake() { state_->wakeup.wake(); }

ConsumerFigures Consumer::figures() const {
  return {.events = state_->events,
          .batches = state_->batches,
          .failures = state_->failures,
          .is_holding = state_->is_holding};
}

Task<Result<std::optional<std::int64_t>>> Consumer::run_once() {
  State& state = *state_;
  if (!state.is_added) {
    co_await unwrap(services_.outbox.add_consumer(options_.name, options_.start));
    state.is_added = true;
  }
  const auto now = std::chrono::steady_clock::now();
  if (!state.position || now >= state.renew_at) {
    auto acquired = co_await services_.outbox.acquire(state.lease);
    if (!acquired && acquired.error().code() == errors::unknown_consumer) state.is_added = false;  // it was removed
    state.position = co_await unwrap(std::move(acquired));
    state.is_holding = state.position.has_value();
    state.renew_at = now + options_.lease_time / 3;
  }
  if (!state.position) co_return std::nullopt;
  auto handled = co_await handle(*state.position);
  if (!handled) state.lose_lease();  // the position is read again
  co_return handled;
}

Task<Result<std::optional<std::int64_t>>> Consumer::handle(Position position) {
  State& state = *state_;
  Batch batch = co_await unwrap(services_.outbox.read(position, state.events_per_batch));
  state.was_last = batch.is_last;
  const auto count = static_cast<std::int64_t>(batch.events.size());
  if (count == 0 && batch.next.round_snapshot == position.round_snapshot) co_return 0;
  std::erase_if(batch.events, [&](const Event& event) {
    return options_.types.empty() ? is_internal(event.type)
                                  : std::ranges::find(options_.types, event.type) == options_.types.end();
  });
  api::SystemCall call(services_.environment, "event consumer " + options_.name);
  co_await unwrap(async::with_deadline(
      services_.units.run(call, &handle_in_unit, &handler_, std::move(batch.events), batch.next, state.lease),
      options_.batch_time_max));
  state.position.reset();  // the database has made the horizon of the new one: it is read again
  state.events += static_cast<std::uint64_t>(count);
  ++state.batches;
  co_return count;
}

Task<> Consumer::run() {
  State& state = *state_;
  auto retry_delay = options_.retry_delay_min;
  while (true) {
    std::optional<Error> failure;
    enum class Next : std::uint8_t { read, wait, stand_by } next = Next::read;
    try {
      auto handled = co_await run_once();
      if (!handled) {
        failure = std::move(handled.error());
      } else if (!*handled) {
        next = Next::stand_by;
      } else if (state.was_last) {
        next = Next::wait;
      }
    } catch (const boost::system::system_error& error) {
      if (error.code() == boost::asio::error::operation_aborted) throw;  // closed
      state.lose_lease();
      failure = Error(ashlar::errors::internal, {}).with_cause(error.what());
    } catch (const std::exception& error) {
      state.lose_lease();
      failure = Error(ashlar::errors::internal, {}).with_cause(error.what());
    }
    report(failure ? &*failure : nullptr);
    if (failure) {
      state.events_per_batch = 1;
      co_await async::sleep_for(retry_delay);
      retry_delay = std::min(2 * retry_delay, options_.retry_delay_max);
      continue;
    }
    retry_delay = options_.retry_delay_min;
    state.events_per_batch = std::min(2 * state.events_per_batch, options_.events_per_batch);
    if (next == Next::wait) co_await state.wakeup.wait(options_.poll_interval);
    if (next == Next::stand_by) co_await async::sleep_for(options_.standby_interval);
  }
}

void Consumer::report(const Error* error) {
  State& state = *state_;
  if (error != nullptr) ++state.failures;
  if (error != nullptr && !state.failing) {
    services_.environment.logger->warn("a consumer of events fails", {{"consumer", options_.name},
                                                                      {"error", error->code().name},
                                                                      {"message", error->message()},
                                                                      {"cause", error->cause()}});
  } else if (error == nullptr && state.failing) {
    services_.environment.logger->info("a consumer of events works again", {{"consumer", options_.name}});
  }
  state.failing = error != nullptr;
}

}  // namespace ashlar::events
