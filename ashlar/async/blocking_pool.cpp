// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/blocking_pool.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ashlar::async {
namespace asio = boost::asio;

namespace {

// A job that waits or runs.
struct Waiting {
  std::move_only_function<void()> job;
  std::move_only_function<void(std::shared_ptr<Waiting>, std::exception_ptr)> post;  // to the caller's loop
  // Locked while posting. The caller may destroy its loop as soon as it resumes, so this thread must have left it by
  // then.
  std::mutex posting;
};

// From any thread.
void complete(const std::shared_ptr<Waiting>& waiting, std::exception_ptr failure) {
  const std::scoped_lock lock(waiting->posting);
  waiting->post(waiting, std::move(failure));
}

}  // namespace

struct BlockingPool::State {
  explicit State(BlockingPoolOptions given) : options(std::move(given)) {}

  void serve();
  bool push(const std::shared_ptr<Waiting>& waiting);
  void abandon(const std::shared_ptr<Waiting>& waiting);

  const BlockingPoolOptions options;
  mutable std::mutex mutex;
  std::condition_variable work_came;
  std::deque<std::shared_ptr<Waiting>> queue;
  std::size_t busy = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

void BlockingPool::State::serve() {
  std::unique_lock lock(mutex);
  while (true) {
    work_came.wait(lock, [this] { return stopping || !queue.empty(); });
    if (queue.empty()) return;
    const std::shared_ptr<Waiting> next = std::move(queue.front());
    queue.pop_front();
    ++busy;
    lock.unlock();
    std::exception_ptr failure;
    try {
      next->job();
    } catch (...) {
      failure = std::current_exception();
    }
    next->job = nullptr;  // destroys its captures before the caller resumes
    lock.lock();
    --busy;
    lock.unlock();
    complete(next, std::move(failure));
    lock.lock();
  }
}

// Whether there was room in the queue.
bool BlockingPool::State::push(const std::shared_ptr<Waiting>& waiting) {
  {
    const std::scoped_lock lock(mutex);
    if (queue.size() >= options.queue_max) return false;
    queue.push_back(waiting);
  }
  work_came.notify_one();
  return true;
}

// Removes a job that still waits from the queue. A running one is left alone: the caller waits for its end.
void BlockingPool::State::abandon(const std::shared_ptr<Waiting>& waiting) {
  {
    const std::scoped_lock lock(mutex);
    if (std::erase(queue, waiting) == 0) return;
  }
  complete(waiting, std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)));
}

BlockingPool::BlockingPool(BlockingPoolOptions options) : state_(std::make_unique<State>(std::move(options))) {
  const std::string name = state_->options.name.substr(0, 15);
  for (std::size_t i = 0; i < std::max<std::size_t>(state_->options.threads, 1); ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->serve(); });
    pthread_setname_np(state_->threads.back().native_handle(), name.c_str());
  }
}

BlockingPool::~BlockingPool() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work_came.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

std::size_t BlockingPool::waiting() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->queue.size();
}

std::size_t BlockingPool::busy() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->busy;
}

std::size_t BlockingPool::threads() const { return state_->threads.size(); }
std::size_t BlockingPool::queue_max() const { return state_->options.queue_max; }

Task<Result<>> BlockingPool::submit(std::move_only_function<void()> job) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  bool accepted = false;
  const auto start = [state = state_.get(), &job, &loop, &accepted](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto waiting = std::make_shared<Waiting>();
    waiting->job = std::move(job);
    waiting->post = [handler = std::move(handler), slot, work = asio::make_work_guard(loop)](
                        std::shared_ptr<Waiting> self, std::exception_ptr failure) mutable {
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
      slot.assign([state, weak = std::weak_ptr(waiting)](asio::cancellation_type) {
        if (const auto still = weak.lock()) state->abandon(still);
      });
    }
    accepted = true;  // before the push: afterwards this frame may be gone
    if (state->push(waiting)) return;
    accepted = false;
    complete(waiting, nullptr);
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(std::exception_ptr)>(
      start, asio::use_awaitable_t<LoopExecutor>{});
  if (accepted) co_return Result<>{};
  co_return std::unexpected(Error(errors::overloaded, "The server is overloaded. Try again shortly.")
                                .with_retry_after(std::chrono::seconds(1)));
}

}  // namespace ashlar::async
