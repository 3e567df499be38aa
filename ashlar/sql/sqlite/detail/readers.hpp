// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/sqlite/detail/connection.hpp"
#include "ashlar/sql/sqlite/detail/file_identity.hpp"
#include "ashlar/sql/sqlite/detail/read_queue.hpp"

#include <memory>
#include <thread>
#include <vector>

namespace ashlar::sql::sqlite::detail {

// The reader threads, each with its connection, and their queue.
class Readers {
 public:
  static Result<std::unique_ptr<Readers>> open(const Options& options, FileIdentity file);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  void submit(Job& job) { queue_->submit(job); }
  [[nodiscard]] std::size_t waiting() const { return queue_->waiting(); }
  void close();

 private:
  Readers(const Options& options, FileIdentity file, std::vector<std::unique_ptr<Connection>> connections);
  void run(Connection& connection);
  void run_batch(Connection& connection, JobList batch);

  const Options options_;
  const FileIdentity file_;
  const std::shared_ptr<ReadQueue> queue_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace ashlar::sql::sqlite::detail
