// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"
#include "ashlar/sql/detail/job_list.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace ashlar::sql::postgres::detail {

class Connection;
class CopyRows;
using Steady = std::chrono::steady_clock;

// The work that a coroutine waits for: a statement's answer, or a connection for a transaction. It lives in the
// coroutine's frame and belongs to the loop's thread; it must not be accessed after `resume` was called or moved from.
struct Job {
  enum class Kind : std::uint8_t { statement, copy, commit, rollback, lease };
  enum class Place : std::uint8_t { outside, queued, sent, answered };

  Kind kind = Kind::statement;
  Place place = Place::outside;
  bool sent_again = false;  // at most once
  bool stale = false;       // in a transaction: its prepared statement was stale, so nothing was run
  int prepared_again = 0;
  bool alone = false;    // shares no Sync
  bool urgent = false;   // precedes waiting jobs, regardless of the queue's limit
  bool follows = false;  // is sent together with its predecessor, after it, on the same connection
  const Statement* statement = nullptr;
  CopyRows* copy = nullptr;       // copy: the rows
  Steady::time_point wait_until;  // in a queue
  Steady::time_point until;       // for an answer

  Result<Outcome> outcome;
  std::exception_ptr thrown;           // by on_row
  std::shared_ptr<Connection> leased;  // lease: the connection
  Connection* connection = nullptr;    // while it is sent

  std::move_only_function<void(boost::system::error_code)> resume;
  Job* next = nullptr;

  [[nodiscard]] bool is_read() const { return statement != nullptr && statement->mode == Mode::read; }

  Result<Outcome> take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(outcome);
  }
};

using JobList = sql::detail::JobList<Job>;

// Resumes the coroutines, one after another, on the calling thread, which must be the loop's. When one throws, the loop
// resumes the rest.
void resume(boost::asio::io_context& loop, JobList answered);
// The same through the loop's queue: from code that a coroutine must not re-enter.
void post(boost::asio::io_context& loop, JobList answered);

inline void answer(Job& job, Result<Outcome> outcome, JobList& answered) {
  job.outcome = std::move(outcome);
  job.place = Job::Place::answered;
  answered.push(job);
}

// Suspends the awaiting coroutine until the job is answered. `start` submits the job; `abandon` withdraws it when the
// coroutine is cancelled, which then ends with operation_aborted. Both must live as long as the expression.
template <class Start, class Abandon>
auto answered(Job& job, Start start, Abandon abandon) {
  return boost::asio::async_initiate<const boost::asio::deferred_t, void(boost::system::error_code)>(
      [&job](auto handler, auto begin, auto give_up) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        job.resume = [handler = std::move(handler)](boost::system::error_code error) mutable {
          std::move(handler)(error);
        };
        if (slot.is_connected()) slot.assign([&job, give_up](boost::asio::cancellation_type) { give_up(job); });
        begin(job);
      },
      boost::asio::deferred, std::move(start), std::move(abandon));
}

// The same for two jobs: until both are answered.
template <class Start, class Abandon>
auto both_answered(Job& one, Job& other, Start start, Abandon abandon) {
  return boost::asio::async_initiate<const boost::asio::deferred_t, void(boost::system::error_code)>(
      [&one, &other](auto handler, auto begin, auto give_up) {
        // The jobs share ownership of the handler, so that it is destroyed with them when the loop is destroyed.
        struct Both {
          std::decay_t<decltype(handler)> handler;
          int waiting = 2;
          boost::system::error_code failed{};
        };
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        const auto both = std::make_shared<Both>(std::move(handler));
        for (Job* const job : {&one, &other}) {
          job->resume = [both](boost::system::error_code error) {
            if (error) both->failed = error;
            if (--both->waiting == 0) std::move(both->handler)(both->failed);
          };
        }
        if (slot.is_connected()) {
          slot.assign([&one, &other, give_up](boost::asio::cancellation_type) {
            give_up(one);
            give_up(other);
          });
        }
        begin(one);
        begin(other);
      },
      boost::asio::deferred, std::move(start), std::move(abandon));
}

}  // namespace ashlar::sql::postgres::detail
