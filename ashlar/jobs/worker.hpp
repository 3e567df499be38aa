// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/api.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/jobs/figures.hpp"
#include "ashlar/jobs/table.hpp"
#include "ashlar/jobs/worker_options.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::jobs {

// Runs the jobs of a table: claims them, invokes their handlers through an Api of its own with the principal that
// enqueued them, writes what came of them, rescues jobs of workers that died, and enqueues what schedules are due.
//
// A worker holds a lease, which it renews. When it cannot renew it in time, it cancels its jobs before others rescue
// them. Several workers on one database share the jobs; on SQLite there is one process.
//
// A handler is run on one of the loops; different jobs on different loops. figures() is safe from any thread. All
// references outlive it.
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
  // When no loop has a thread any more: claims nothing more, runs the loops until the running jobs have ended, cancels
  // them after drain_time_max (they run again elsewhere, and the attempt does not count), writes all completions and
  // gives its lease up. The second time it does nothing.
  void close();

  // For tests and commands, without start(): runs on the calling loop what is due, including what that enqueues, until
  // nothing is due; then writes the completions. Returns the number of attempts.
  Task<Result<std::size_t>> run_due();

  [[nodiscard]] WorkerFigures figures() const;
  // The counts of a queue, of all instances, as read in the last ten seconds; nullopt: not read yet.
  [[nodiscard]] std::optional<QueueView> queue(const std::string& name) const;
  [[nodiscard]] const api::Api& api() const;

 private:
  struct State;
  static Task<> begin_work(State& state);

  std::unique_ptr<State> state_;
};

}  // namespace ashlar::jobs
