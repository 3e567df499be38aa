// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/detail/job_list.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <span>
#include <vector>

namespace ashlar::sql::sqlite::detail {

using Steady = std::chrono::steady_clock;

struct Turn;  // of an interactive transaction (writer.hpp)

// A unit of work for a database thread. It lives in the frame of the awaiting coroutine (or on the stack of a blocked
// thread) until `resume` was called or destroyed; a thread may use it until then.
struct Job {
  enum class Kind : unsigned char { statement, script, begin, commit, rollback, ping };

  Kind kind = Kind::statement;
  const Statement* statement = nullptr;  // statement, ping; script: only its text
  std::span<const Statement> inserts{};  // that follow a statement which affected a row
  std::shared_ptr<Turn> turn{};          // begin

  Result<Outcome> outcome{};
  std::exception_ptr thrown{};  // by on_row

  boost::asio::io_context* loop = nullptr;  // where to resume; null: on the database's thread
  std::move_only_function<void()> resume{};
  Steady::time_point since{};
  Job* next = nullptr;

  [[nodiscard]] bool succeeded() const { return outcome && !thrown; }
  Result<Outcome> take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(outcome);
  }
};

using JobList = sql::detail::JobList<Job>;

// Finished jobs, delivered with one post for each loop that waits.
class CompletionBatch {
 public:
  void add(Job& job);
  // Replaces successful results by this error.
  void fail(const Error& error);
  void send();
  [[nodiscard]] bool empty() const { return loops_.empty(); }

 private:
  struct Loop {
    boost::asio::io_context* loop;
    JobList jobs;
  };
  std::vector<Loop> loops_;
};

inline void answer_with(Job& job, Error error) {
  job.outcome = std::unexpected(std::move(error));
  CompletionBatch completed;
  completed.add(job);
  completed.send();
}

// Suspends the coroutine until the job was answered. `submit` passes the job to a thread.
template <class Submit>
Task<> answered(Job& job, Submit submit) {
  const LoopExecutor executor = co_await boost::asio::this_coro::executor;
  job.loop = &executor.context();
  boost::asio::use_awaitable_t<LoopExecutor> token;
  co_await boost::asio::async_initiate<boost::asio::use_awaitable_t<LoopExecutor>, void()>(
      [&job, &submit](auto handler) {
        job.resume = [handler = std::move(handler)]() mutable { std::move(handler)(); };
        submit(job);
      },
      token);
}

// The same for a thread that may block.
template <class Submit>
void wait_for(Job& job, Submit submit) {
  std::promise<void> promise;
  auto done = promise.get_future();
  job.resume = [promise = std::move(promise)]() mutable { promise.set_value(); };
  submit(job);
  done.get();
}

}  // namespace ashlar::sql::sqlite::detail
