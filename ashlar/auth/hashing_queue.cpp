// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/hashing_queue.hpp"

#include "ashlar/auth/detail/fair_lanes.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>

namespace ashlar::auth {
namespace asio = boost::asio;

namespace {

using std::chrono::milliseconds;

std::unexpected<Error> overloaded(milliseconds wait) {
  return std::unexpected(
      Error(ashlar::errors::overloaded, "The server is overloaded. Try again shortly.")
          .with_retry_after(std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(wait))));
}

}  // namespace

struct HashingQueue::State {
  // A coroutine in enter().
  struct Waiter {
    std::optional<Turn> turn;  // set before it is resumed, unless it is refused
    milliseconds refused_wait{0};
    std::move_only_function<void(std::shared_ptr<Waiter>, std::exception_ptr)> post;  // to its loop
    // Held while posting: the loop may end as soon as the coroutine resumes, and this thread must have left it by then.
    std::mutex posting;
  };
  using WaiterPtr = std::shared_ptr<Waiter>;

  State(std::size_t threads, const HashingQueueOptions& given)
      : options(given), slots(threads), job_time(given.job_time_assumed) {}

  [[nodiscard]] milliseconds wait_of(const HashingClient& client) const;  // with the lock held
  [[nodiscard]] milliseconds wait_max(HashingClient::Lane lane) const {
    return lane == HashingClient::Lane::known_device ? options.known_device_wait_max : options.wait_max;
  }
  void admit(HashingClient client, WaiterPtr waiter);
  void leave();
  void abandon(const HashingClient& client, const WaiterPtr& waiter);
  static void resume(const WaiterPtr& waiter, std::exception_ptr failure);

  const HashingQueueOptions options;
  const std::size_t slots;
  mutable std::mutex mutex;
  detail::FairLanes<WaiterPtr> lanes;
  std::size_t running = 0;
  std::chrono::duration<double, std::milli> job_time;
};

milliseconds HashingQueue::State::wait_of(const HashingClient& client) const {
  if (running < slots) return milliseconds(0);
  const auto before = static_cast<double>(lanes.before_next(client) + 1);
  return std::chrono::ceil<milliseconds>(job_time * before / static_cast<double>(slots));
}

// From any thread. The coroutine is resumed on its loop, never in here.
void HashingQueue::State::resume(const WaiterPtr& waiter, std::exception_ptr failure) {
  const std::scoped_lock lock(waiter->posting);
  waiter->post(waiter, std::move(failure));
}

// A job that begins at once, one that waits, or one that is refused. By value: once it is resumed, the frame of enter()
// may end.
void HashingQueue::State::admit(HashingClient client, WaiterPtr waiter) {
  {
    const std::scoped_lock lock(mutex);
    if (running < slots) {
      ++running;
      waiter->turn.emplace(this);
    } else {
      waiter->refused_wait = wait_of(client);
      if (lanes.size(client.lane) < options.waiting_max && waiter->refused_wait <= wait_max(client.lane)) {
        lanes.push(client, waiter);
        return;
      }
    }
  }
  resume(waiter, nullptr);
}

// A turn ends: the next waiter has it.
void HashingQueue::State::leave() {
  WaiterPtr next;
  {
    const std::scoped_lock lock(mutex);
    if (lanes.empty()) {
      --running;
      return;
    }
    next = lanes.pop();
    next->turn.emplace(this);
  }
  resume(next, nullptr);
}

// A waiter that has been given its turn meanwhile is resumed by that.
void HashingQueue::State::abandon(const HashingClient& client, const WaiterPtr& waiter) {
  {
    const std::scoped_lock lock(mutex);
    if (!lanes.erase(client, waiter)) return;
  }
  resume(waiter, std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)));
}

HashingQueue::Turn::~Turn() {
  if (state_ != nullptr) state_->leave();
}

HashingQueue::HashingQueue(async::BlockingPool& pool, const Clock& clock, HashingQueueOptions options)
    : pool_(pool), clock_(clock), state_(std::make_unique<State>(pool.threads(), options)) {}
HashingQueue::~HashingQueue() = default;

Task<Result<HashingQueue::Turn>> HashingQueue::enter(HashingClient client) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<State::Waiter>();
  const auto start = [state = state_.get(), &client, &waiter, &loop](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    waiter->post = [handler = std::move(handler), slot, work = asio::make_work_guard(loop)](
                       State::WaiterPtr self, std::exception_ptr failure) mutable {
      const LoopExecutor executor = work.get_executor();
      asio::post(executor, [handler = std::move(handler), slot, work = std::move(work), self = std::move(self),
                            failure = std::move(failure)]() mutable {
        {
          const std::scoped_lock lock(self->posting);
        }
        slot.clear();
        std::move(handler)(std::move(failure));
      });
    };
    if (slot.is_connected()) {
      slot.assign([state, client, weak = std::weak_ptr(waiter)](asio::cancellation_type) {
        if (const auto still = weak.lock()) state->abandon(client, still);
      });
    }
    state->admit(client, waiter);
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr)>(
      start, asio::use_awaitable_t<LoopExecutor>{});
  if (!waiter->turn) co_return overloaded(waiter->refused_wait);
  co_return std::move(*waiter->turn);
}

void HashingQueue::note_job_time(Clock::Steady::duration time) {
  const std::scoped_lock lock(state_->mutex);
  state_->job_time += (std::chrono::duration<double, std::milli>(time) - state_->job_time) / 8;
}

std::size_t HashingQueue::waiting() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->lanes.size(HashingClient::Lane::anonymous) + state_->lanes.size(HashingClient::Lane::known_device);
}

std::size_t HashingQueue::running() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->running;
}

std::chrono::milliseconds HashingQueue::expected_wait(const HashingClient& client) const {
  const std::scoped_lock lock(state_->mutex);
  return state_->wait_of(client);
}

}  // namespace ashlar::auth
