// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/readers.hpp"

#include "ashlar/sql/sqlite/detail/errors.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace ashlar::sql::sqlite::detail {

Result<std::unique_ptr<Readers>> Readers::open(const Options& options, FileIdentity file) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (std::size_t i = 0; i < std::max<std::size_t>(options.reader_threads, 1); ++i) {
    auto connection = Connection::open(options, Access::read_only);
    if (!connection) return std::unexpected(std::move(connection.error()));
    connections.push_back(std::move(*connection));
  }
  return std::unique_ptr<Readers>(new Readers(options, std::move(file), std::move(connections)));
}

Readers::Readers(const Options& options, FileIdentity file, std::vector<std::unique_ptr<Connection>> connections)
    : options_(options),
      file_(std::move(file)),
      queue_(std::make_shared<ReadQueue>(options.queue_max, options.read_batch_max)),
      connections_(std::move(connections)) {
  for (auto& connection : connections_) threads_.emplace_back([this, &connection] { run(*connection); });
}

Readers::~Readers() { close(); }

void Readers::close() {
  queue_->close();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  connections_.clear();
}

void Readers::run(Connection& connection) {
  pthread_setname_np(pthread_self(), "sql-reader");
  for (;;) {
    JobList batch = queue_->take();
    if (batch.empty()) return;
    run_batch(connection, std::move(batch));
  }
}

void Readers::run_batch(Connection& connection, JobList batch) {
  using Control = Connection::Control;
  // One snapshot for all, so that its locks are taken once. It is taken after the batch, so it contains every write
  // that was answered before one of these reads was submitted.
  const bool shared = batch.size() > 1 && connection.control(Control::begin);
  CompletionBatch completed;
  while (Job* job = batch.pop()) {
    // Neither finished reads nor those behind it wait for one that is known to be slow.
    if (connection.was_slow(*job->statement)) {
      completed.send();
      if (!batch.empty()) queue_->give_back(std::exchange(batch, {}));
    }
    connection.run(*job, Steady::now() + options_.statement_time_max);
    if (job->kind == Job::Kind::ping && job->succeeded()) {
      if (auto in_place = file_.check(); !in_place) job->outcome = std::unexpected(std::move(in_place.error()));
    }
    completed.add(*job);
  }
  if (shared && !connection.control(Control::commit)) (void)connection.control(Control::rollback);
  completed.send();
}

}  // namespace ashlar::sql::sqlite::detail
