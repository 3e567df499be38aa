// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/sqlite/detail/connection.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace ashlar::sql::sqlite::detail {

// The threads that read, each with its connection, and the queue before them.
class Readers {
 public:
  static Result<std::unique_ptr<Readers>> open(const Options& options);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  // Answers the job sooner or later, if only to say that the queue is full. From any thread.
  void submit(Job& job);
  void close();

 private:
  Readers(const Options& options, std::vector<std::unique_ptr<Connection>> connections);
  void run(Connection& connection);
  JobList take();  // waits; empty when it is over
  void run_batch(Connection& connection, JobList batch);

  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  JobList queue_;
  std::size_t asleep_ = 0;
  bool closing_ = false;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace ashlar::sql::sqlite::detail
