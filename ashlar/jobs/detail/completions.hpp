// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/jobs/detail/counts.hpp"
#include "ashlar/jobs/detail/failure_log.hpp"
#include "ashlar/jobs/detail/store.hpp"

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace ashlar::jobs::detail {

// Collects what came of attempts and writes it in batches: while one is being written, the next one fills. What cannot
// be written stays and is written later, so an unreachable database, or one that takes no writes, loses nothing.
class Completions {
 public:
  Completions(Store& store, const api::Call::Environment& environment, std::size_t batch_max, Counts& counts)
      : store_(store), environment_(environment), batch_max_(batch_max), counts_(counts) {}

  // Before run(). `released` is called after a batch that may have let other jobs begin.
  void start(boost::asio::io_context& loop, std::function<void()> released);
  Task<> run();  // until it is cancelled
  void close();  // after the last flush(), before the loop is destroyed; from then on nothing wakes run()

  void add(AttemptEnd end);  // from any thread
  // Writes everything. One at a time; not while run() runs, but after it was cancelled.
  Task<Result<>> flush();
  [[nodiscard]] bool is_behind() const;  // so far that no further jobs should begin
  [[nodiscard]] std::vector<std::int64_t> waiting() const;

 private:
  std::vector<AttemptEnd> first_batch() const;
  void remove_first(std::size_t count);
  Task<Result<bool>> write_batch();
  void set_aside(std::size_t count);
  void count(const std::vector<AttemptEnd>& batch);

  Store& store_;
  const api::Call::Environment environment_;
  const std::size_t batch_max_;
  Counts& counts_;
  async::Wakeup wakeup_;
  std::function<void()> released_;
  FailureLog failures_{"completions of jobs cannot be written"};
  bool one_by_one_ = false;           // after a batch that the database refused
  std::vector<EndedJob> unreleased_;  // ended, and what waited for them was not released yet
  mutable std::mutex mutex_;
  std::vector<AttemptEnd> ends_;
};

}  // namespace ashlar::jobs::detail
