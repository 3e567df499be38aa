// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace ashlar::async {

struct BlockingPoolOptions {
  std::size_t threads = 2;
  std::size_t queue_max = 256;    // jobs that wait; a further job is refused with server.overloaded
  std::string name = "blocking";  // of the threads, 15 characters at most
};

// Threads for work that would block a loop: hashing, file access. Jobs start in the order in which run() was called.
// Owns its threads; the destructor finishes the queued jobs. A coroutine that waits in run() must not outlive the pool.
class BlockingPool {
 public:
  explicit BlockingPool(BlockingPoolOptions options = {});
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Runs `job` on a thread of the pool and resumes on the caller's loop with its result. Rethrows an exception of the
  // job. Error server.overloaded when the queue is full; the job does not run then. Cancellation: a queued job is
  // removed and operation_aborted is thrown; a running job is awaited.
  template <class Job, class T = std::invoke_result_t<Job>>
  Task<Result<T>> run(Job job) {
    if constexpr (std::is_void_v<T>) {
      co_return co_await submit([job = std::move(job)]() mutable { job(); });
    } else {
      std::optional<T> out;
      co_await unwrap(submit([&out, job = std::move(job)]() mutable { out.emplace(job()); }));
      co_return std::move(*out);
    }
  }

  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] std::size_t busy() const;  // threads that are running a job
  [[nodiscard]] std::size_t threads() const;
  [[nodiscard]] std::size_t queue_max() const;

 private:
  Task<Result<>> submit(std::move_only_function<void()> job);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::async
