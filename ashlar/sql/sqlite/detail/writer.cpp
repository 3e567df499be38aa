// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/writer.hpp"

#include "ashlar/sql/sqlite/detail/errors.hpp"

#include <pthread.h>

#include <algorithm>

namespace ashlar::sql::sqlite::detail {
namespace {

using Control = Connection::Control;

void answer_now(Job& job) {
  CompletionBatch completed;
  completed.add(job);
  completed.send();
}

Error broken_references() {
  return Error(errors::foreign_key, "This refers to something that does not exist, or something refers to it.")
      .with_cause("a deferred foreign key");
}

Error ended_by_itself() { return failed("the transaction was ended already"); }

}  // namespace

Result<std::shared_ptr<Writer>> Writer::open(const Options& options) {
  auto connection = Connection::open(options, Access::read_write);
  if (!connection) return std::unexpected(std::move(connection.error()));
  // The first read opens the log, and creates its file.
  if (auto read = (*connection)->run({.sql = "select count(*) from sqlite_schema"}, Steady::time_point::max()); !read)
    return std::unexpected(std::move(read.error()));
  auto file = FileIdentity::of(options.path);
  if (!file) return std::unexpected(std::move(file.error()));
  return std::shared_ptr<Writer>(new Writer(options, std::move(*connection), std::move(*file)));
}

Writer::Writer(const Options& options, std::unique_ptr<Connection> connection, FileIdentity file)
    : options_(options), file_(std::move(file)), connection_(std::move(connection)), thread_([this] { run(); }) {}

Writer::~Writer() { close(); }

void Writer::submit(Job& job) {
  job.since = Steady::now();
  bool closing = false;
  bool refused = false;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    closing = closing_;
    refused = closing_ || queue_.size() >= options_.queue_max;
    if (!refused) {
      queue_.push(job);
      wake = waits_ == Waits::for_unit;
    }
  }
  if (refused) return answer_with(job, unavailable(closing ? "closed" : "too many statements wait"));
  if (wake) wake_.notify_one();
}

void Writer::submit(Turn& turn, Job& job) {
  std::optional<Error> over;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    over = turn.over;
    if (!over) {
      turn.command = &job;
      wake = waits_ == Waits::for_command;
    }
  }
  if (over) return answer_with(job, std::move(*over));
  if (wake) wake_.notify_one();
}

void Writer::abandon(Turn& turn) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    turn.abandoned = true;
    wake = waits_ == Waits::for_command;
  }
  if (wake) wake_.notify_one();
}

std::size_t Writer::waiting() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

void Writer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  connection_.reset();
}

void Writer::run() {
  pthread_setname_np(pthread_self(), "sql-writer");
  while (Job* unit = next_unit()) run_group(*unit);
}

Job* Writer::next_unit() {
  std::unique_lock lock(mutex_);
  while (queue_.empty() && !closing_) {
    waits_ = Waits::for_unit;
    wake_.wait(lock);
  }
  waits_ = Waits::not_at_all;
  return queue_.pop();
}

Job* Writer::next_unit_of_group() {
  const std::lock_guard lock(mutex_);
  // Finished units wait for the commit, but not behind a transaction when these have been slow recently.
  const bool transaction = !queue_.empty() && queue_.first()->kind == Job::Kind::begin;
  if (transaction && last_transaction_ > options_.group_time_max) return nullptr;
  return queue_.pop();
}

void Writer::run_group(Job& first) {
  if (auto begun = connection_->control(Control::begin_immediate); !begun) {
    if (first.turn) end(*first.turn, begun.error());
    return answer_with(first, std::move(begun.error()));
  }
  const auto started = Steady::now();
  std::size_t units = 0;
  for (Job* unit = &first; unit != nullptr;) {
    run_unit(*unit);
    if (connection_->idle()) {
      // A full disk, an interrupted write or an ON CONFLICT ROLLBACK: SQLite has undone the whole group.
      group_.fail(unavailable("the group's transaction was rolled back"));
      return group_.send();
    }
    const bool more = ++units < options_.group_commit_max && Steady::now() - started < options_.group_time_max;
    unit = more ? next_unit_of_group() : nullptr;
  }
  auto committed = file_.check();
  if (committed) committed = connection_->control(Control::commit);
  if (!committed) {
    if (!connection_->idle()) (void)connection_->control(Control::rollback);
    group_.fail(committed.error());
  }
  group_.send();
}

void Writer::run_unit(Job& job) {
  const auto now = Steady::now();
  std::optional<Error> refused;
  if (now - job.since > options_.queue_time_max) {
    refused = unavailable("waited too long for the writer");
  } else if (auto saved = connection_->control(Control::savepoint); !saved) {
    refused = std::move(saved.error());
  }
  if (refused) {
    if (job.turn) end(*job.turn, *refused);
    job.outcome = std::unexpected(std::move(*refused));
    return group_.add(job);
  }
  if (job.kind == Job::Kind::begin) {
    run_transaction(job);
    last_transaction_ = Steady::now() - now;
    return;
  }
  // A script is a migration, which may take any time.
  connection_->run(job, job.kind == Job::Kind::script ? Steady::time_point::max() : now + options_.statement_time_max);
  run_inserts(job, now + options_.statement_time_max);
  keep_or_undo(job);
  group_.add(job);
}

void Writer::run_inserts(Job& job, Steady::time_point deadline) {
  if (!job.succeeded() || job.outcome->rows_affected == 0) return;
  for (const Statement& insert : job.inserts) {
    if (auto inserted = connection_->run(insert, deadline); !inserted) {
      job.outcome = std::unexpected(std::move(inserted.error()));
      return;
    }
  }
}

bool Writer::keep_or_undo(Job& job) {
  if (connection_->idle()) {
    if (job.succeeded()) job.outcome = std::unexpected(unavailable("the transaction was abandoned"));
    return false;
  }
  if (job.succeeded() && connection_->has_broken_references()) job.outcome = std::unexpected(broken_references());
  if (job.succeeded()) {
    if (auto released = connection_->control(Control::release); !released) {
      job.outcome = std::unexpected(std::move(released.error()));
    }
  }
  if (!job.succeeded()) undo();
  return job.succeeded();
}

void Writer::undo() {
  if (connection_->idle()) return;
  const bool undone = connection_->control(Control::rollback_to) && connection_->control(Control::release);
  if (!undone && !connection_->idle()) (void)connection_->control(Control::rollback);
}

void Writer::run_transaction(Job& begin) {
  const std::shared_ptr<Turn> turn = begin.turn;
  const auto deadline = Steady::now() + options_.transaction_time_max;
  begin.outcome = Outcome{};
  answer_now(begin);
  while (Job* command = next_command(*turn, deadline)) {
    if (command->kind == Job::Kind::statement) {
      connection_->run(*command, std::min(deadline, Steady::now() + options_.statement_time_max));
      if (connection_->idle()) end(*turn, unavailable("the transaction was abandoned"));
      answer_now(*command);
      if (connection_->idle()) return;
      continue;
    }
    end(*turn, ended_by_itself());
    command->outcome = Outcome{};
    if (command->kind == Job::Kind::commit) {
      keep_or_undo(*command);
      return group_.add(*command);
    }
    undo();
    return answer_now(*command);
  }
  undo();
}

// Null when the transaction was abandoned or has exceeded its time.
Job* Writer::next_command(Turn& turn, Steady::time_point deadline) {
  std::unique_lock lock(mutex_);
  while (turn.command == nullptr && !turn.abandoned && Steady::now() < deadline) {
    waits_ = Waits::for_command;
    wake_.wait_until(lock, deadline);
  }
  waits_ = Waits::not_at_all;
  if (turn.command == nullptr) turn.over = Error(errors::timed_out, "The transaction took too long.");
  return std::exchange(turn.command, nullptr);
}

void Writer::end(Turn& turn, Error why) {
  const std::lock_guard lock(mutex_);
  turn.over = std::move(why);
}

}  // namespace ashlar::sql::sqlite::detail
