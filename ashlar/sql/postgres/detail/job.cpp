// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/job.hpp"

#include <boost/asio/post.hpp>

namespace ashlar::sql::postgres::detail {

void JobList::push(Job& job) {
  job.next = nullptr;
  (last_ != nullptr ? last_->next : first_) = &job;
  last_ = &job;
  ++size_;
}

void JobList::push_front(Job& job) {
  job.next = first_;
  first_ = &job;
  if (last_ == nullptr) last_ = &job;
  ++size_;
}

void JobList::append(JobList jobs) {
  while (Job* job = jobs.pop()) push(*job);
}

Job* JobList::pop() {
  Job* job = first_;
  if (job == nullptr) return nullptr;
  first_ = job->next;
  if (first_ == nullptr) last_ = nullptr;
  job->next = nullptr;
  --size_;
  return job;
}

bool JobList::remove(const Job& job) {
  Job* before = nullptr;
  for (Job* at = first_; at != nullptr; before = at, at = at->next) {
    if (at != &job) continue;
    (before != nullptr ? before->next : first_) = at->next;
    if (last_ == at) last_ = before;
    at->next = nullptr;
    --size_;
    return true;
  }
  return false;
}

namespace {

// The jobs of one loop on their way back. When the loop is destroyed first, so are the coroutines.
class Resumption {
 public:
  Resumption(boost::asio::io_context& loop, JobList jobs) : loop_(&loop), jobs_(std::move(jobs)) {}
  Resumption(Resumption&&) = default;
  Resumption& operator=(Resumption&&) = delete;
  Resumption(const Resumption&) = delete;
  ~Resumption() {
    while (Job* job = jobs_.pop()) auto dropped = std::move(job->resume);
  }

  void operator()() {
    while (Job* job = jobs_.pop()) {
      auto resume = std::move(job->resume);  // the job ends with the frame that this resumes
      try {
        resume({});
      } catch (...) {
        if (!jobs_.empty()) boost::asio::post(*loop_, Resumption(*loop_, std::move(jobs_)));
        throw;
      }
    }
  }

 private:
  boost::asio::io_context* loop_;
  JobList jobs_;
};

}  // namespace

void resume(boost::asio::io_context& loop, JobList answered) {
  if (!answered.empty()) Resumption(loop, std::move(answered))();
}

void post(boost::asio::io_context& loop, JobList answered) {
  if (!answered.empty()) boost::asio::post(loop, Resumption(loop, std::move(answered)));
}

}  // namespace ashlar::sql::postgres::detail
