// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/read_queue.hpp"

#include "ashlar/sql/sqlite/detail/errors.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace ashlar::sql::sqlite::detail {
namespace {

constexpr std::size_t jobs_a_thread = 8;  // fewer are done sooner than another thread wakes up

}  // namespace

// Announces when it has run, and also when its loop is destroyed first: no job is lost.
class ReadQueue::Announcement {
 public:
  Announcement(std::shared_ptr<ReadQueue> queue, boost::asio::io_context* loop)
      : queue_(std::move(queue)), loop_(loop) {}
  Announcement(Announcement&&) noexcept = default;
  Announcement& operator=(Announcement&&) = delete;
  Announcement(const Announcement&) = delete;
  ~Announcement() {
    if (queue_) queue_->announce(loop_);
  }
  void operator()() { std::exchange(queue_, nullptr)->announce(loop_); }

 private:
  std::shared_ptr<ReadQueue> queue_;
  boost::asio::io_context* loop_;
};

void ReadQueue::submit(Job& job) {
  boost::asio::io_context* const loop = job.loop;
  bool closing = false;
  bool refused = false;
  bool later = false;
  std::size_t called = 0;
  {
    const std::lock_guard lock(mutex_);
    closing = closing_;
    const bool ping = job.kind == Job::Kind::ping;  // a full queue says nothing about whether the database answers
    refused = closing_ || (!ping && jobs_.size() >= size_max_);
    if (!refused) {
      ping ? jobs_.push_front(job) : jobs_.push(job);  // from here on it may be answered and destroyed
      if (loop == nullptr) {
        called = wake_some();
      } else if (called_ < asleep_) {
        later = to_be_announced(loop);
      }
    }
  }
  if (refused) return answer_with(job, unavailable(closing ? "closed" : "too many statements wait"));
  notify(called);
  if (later) boost::asio::post(*loop, Announcement(shared_from_this(), loop));
}

JobList ReadQueue::take() {
  std::unique_lock lock(mutex_);
  while (jobs_.empty() && !closing_) {
    ++asleep_;
    wake_.wait(lock, [this] { return called_ > 0 || closing_; });
    --asleep_;
    if (called_ > 0) --called_;
  }
  const std::size_t share = (jobs_.size() + called_) / (called_ + 1);  // the notified threads get the rest
  const std::size_t count = std::min(share, batch_max_);
  JobList batch;
  for (std::size_t i = 0; i < count; ++i) batch.push(*jobs_.pop());
  return batch;
}

void ReadQueue::give_back(JobList jobs) {
  std::size_t called = 0;
  {
    const std::lock_guard lock(mutex_);
    while (Job* job = jobs.pop()) jobs_.push(*job);
    called = wake_some();
  }
  notify(called);
}

std::size_t ReadQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return jobs_.size();
}

void ReadQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
}

bool ReadQueue::to_be_announced(boost::asio::io_context* loop) {
  if (std::ranges::find(announcing_, loop) != announcing_.end()) return false;
  announcing_.push_back(loop);
  return true;
}

void ReadQueue::announce(boost::asio::io_context* loop) {
  std::size_t called = 0;
  {
    const std::lock_guard lock(mutex_);
    std::erase(announcing_, loop);
    called = wake_some();
  }
  notify(called);
}

std::size_t ReadQueue::wake_some() {
  const std::size_t wanted = (jobs_.size() + jobs_a_thread - 1) / jobs_a_thread;
  const std::size_t called = std::min(wanted, asleep_) - std::min({called_, wanted, asleep_});
  called_ += called;
  return called;
}

void ReadQueue::notify(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) wake_.notify_one();
}

}  // namespace ashlar::sql::sqlite::detail
