// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/sqlite/detail/connection.hpp"
#include "ashlar/sql/sqlite/detail/file_identity.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace ashlar::sql::sqlite::detail {

// An interactive transaction, shared by its coroutine and the writer. Guarded by the writer's mutex.
struct Turn {
  Job* command = nullptr;     // the coroutine's next request
  bool abandoned = false;     // by the coroutine
  std::optional<Error> over;  // why the transaction has ended
};

// The writer thread, its connection and its queue. sqlite/database.hpp describes the guarantees.
class Writer {
 public:
  static Result<std::shared_ptr<Writer>> open(const Options& options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Each always answers the job eventually, possibly with an error. From any thread.
  void submit(Job& job);
  void submit(Turn& turn, Job& job);
  // The transaction's coroutine has abandoned it.
  void abandon(Turn& turn);
  void close();
  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] const FileIdentity& file() const { return file_; }

 private:
  Writer(const Options& options, std::unique_ptr<Connection> connection, FileIdentity file);
  void run();
  Job* next_unit();
  Job* next_unit_of_group();
  void run_group(Job& first);
  void run_unit(Job& job);
  void run_inserts(Job& job, Steady::time_point deadline);
  void run_transaction(Job& begin);
  Job* next_command(Turn& turn, Steady::time_point deadline);
  void end(Turn& turn, Error why);
  bool keep_or_undo(Job& job);  // ends the savepoint
  void undo();

  const Options options_;
  const FileIdentity file_;
  std::unique_ptr<Connection> connection_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  enum class Waits : unsigned char { not_at_all, for_unit, for_command } waits_ = Waits::not_at_all;
  JobList queue_;
  bool closing_ = false;

  // Used by the writer thread only:
  CompletionBatch group_;                // done, to be answered after the commit
  Steady::duration last_transaction_{};  // how long it was open
  std::thread thread_;
};

}  // namespace ashlar::sql::sqlite::detail
