// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/sqlite/detail/job.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace ashlar::sql::sqlite::detail {

// What waits for the reading threads. A loop's jobs are announced once for each of its turns: when all requests that
// were ready have put theirs in, so that one waking serves them all. Threads that are awake take them before that.
// Shared with the announcements under way, which may outlive the threads.
class ReadQueue : public std::enable_shared_from_this<ReadQueue> {
 public:
  ReadQueue(std::size_t size_max, std::size_t batch_max) : size_max_(size_max), batch_max_(batch_max) {}

  // Answers the job sooner or later, if only to say that the queue is full. From any thread.
  void submit(Job& job);
  // Waits. A share of what is there, in the order it came; empty when it is over.
  JobList take();
  // A thread is kept by something long: the others may have what it had taken. Behind what waits.
  void give_back(JobList jobs);
  void close();
  [[nodiscard]] std::size_t waiting() const;

 private:
  class Announcement;

  bool to_be_announced(boost::asio::io_context* loop);  // locked
  void announce(boost::asio::io_context* loop);
  std::size_t wake_some();  // locked; how many threads are to be notified
  void notify(std::size_t threads);

  const std::size_t size_max_;
  const std::size_t batch_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  JobList jobs_;
  std::vector<boost::asio::io_context*> announcing_;  // loops with an announcement under way
  std::size_t asleep_ = 0;
  std::size_t called_ = 0;  // of those: notified, but not awake yet
  bool closing_ = false;
};

}  // namespace ashlar::sql::sqlite::detail
