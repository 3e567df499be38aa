// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/jobs/table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ashlar::jobs {

struct WorkerOptions {
  std::vector<std::string> queues = {};                 // empty: every queue of the table
  std::size_t concurrency = 32;                         // jobs that run at the same time in this process
  std::size_t claims_max = 256;                         // jobs claimed by one statement
  std::size_t completions_max = 512;                    // completions written by one statement
  std::chrono::milliseconds poll_interval{1'000};       // looks for jobs this often even when no doorbell rings
  std::chrono::milliseconds heartbeat_interval{1'500};  // renews its lease; learns of cancellations
  std::chrono::milliseconds lease{7'000};               // without a renewal, its jobs are rescued
  std::chrono::milliseconds drain_time_max{10'000};     // close() waits that long for running jobs, then cancels them
  std::chrono::hours done_kept{24};                     // how long done and cancelled jobs are kept
  std::chrono::hours dead_kept{24 * 30};                // how long dead letters are kept
  std::int64_t dead_rows_max = 5'000;                   // PostgreSQL: the job table is rewritten beyond; see the design
};

struct WorkerFigures {
  std::uint64_t claimed = 0, done = 0, failed = 0, dead = 0, cancelled = 0, rescued = 0;
  std::size_t running = 0;
};

// Runs the jobs of a table: claims them, invokes their handlers through an Api of its own with the principal that
// enqueued them, writes what came of them, rescues jobs of workers that died, and enqueues what schedules are due.
//
// A worker holds a lease, which it renews. When it cannot renew it in time, it cancels its jobs before others rescue
// them. Several workers on one database share the jobs; on SQLite there is one process.
//
// A handler is run on one of the loops; different jobs on different loops. figures(), wake() and is_running() are safe
// from any thread. All references outlive it.
class Worker {
 public:
  struct Services {
    const Table& table;
    const Enqueuer& enqueuer;
    Doorbell& doorbell;
    api::Units& units;
    const auth::SecretBox* secrets = nullptr;
    api::AuthoritySource* authorities = nullptr;  // as ApiOptions::authorities
  };
  // Throws std::logic_error that lists every wrong line of the table.
  Worker(Services services, api::Call::Environment environment, WorkerOptions options = {});
  ~Worker();  // it was closed, or never started
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Before the loops have threads. At most once.
  void start(const std::vector<boost::asio::io_context*>& loops);
  // Claims nothing more, lets running jobs end for drain_time_max, cancels the others (they run again elsewhere, and
  // the attempt does not count), and writes all completions. While the loops run: awaited on any of them. Once none has
  // a thread: close(). The second call does nothing.
  Task<> drain();
  void close();

  // For tests and commands, without start(): runs on the calling loop what is due, including what that enqueues, until
  // nothing is due; then writes the completions. Returns the number of attempts.
  Task<Result<std::size_t>> run_due();

  [[nodiscard]] WorkerFigures figures() const;
  [[nodiscard]] const api::Api& api() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::jobs
