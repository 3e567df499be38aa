// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/sqlite/detail/job.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace ashlar::sql::sqlite::detail {

// The queue of the reader threads. A loop's jobs are announced once for each of its turns: after all ready requests
// have added theirs, so that one wake-up serves them all. Awake threads take them earlier. Shared with pending
// announcements, which may outlive the threads.
class ReadQueue : public std::enable_shared_from_this<ReadQueue> {
 public:
  ReadQueue(std::size_t size_max, std::size_t batch_max) : size_max_(size_max), batch_max_(batch_max) {}

  // The job is always answered eventually, possibly because the queue is full. From any thread.
  void submit(Job& job);
  // Waits. Returns a share of the queued jobs, in order; empty when the queue is closed.
  JobList take();
  // A thread is busy with a long read: returns its remaining jobs to the end of the queue, for the others.
  void give_back(JobList jobs);
  void close();
  [[nodiscard]] std::size_t waiting() const;

 private:
  class Announcement;

  bool to_be_announced(boost::asio::io_context* loop);  // locked
  void announce(boost::asio::io_context* loop);
  std::size_t wake_some();  // locked; how many threads to notify
  void notify(std::size_t threads);

  const std::size_t size_max_;
  const std::size_t batch_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  JobList jobs_;
  std::vector<boost::asio::io_context*> announcing_;  // loops with a pending announcement
  std::size_t asleep_ = 0;
  std::size_t called_ = 0;  // of those: notified, but not awake yet
  bool closing_ = false;
};

}  // namespace ashlar::sql::sqlite::detail
