// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/job.hpp"

#include <boost/asio/post.hpp>

namespace ashlar::sql::sqlite::detail {
namespace {

void resume(Job& job) {
  // The job ends with the frame that this resumes.
  auto resume = std::move(job.resume);
  resume();
}

// Resumes the jobs of one loop, on it. When a coroutine lets an exception out, the rest still get their turn; when the
// loop is destroyed first, so are the coroutines.
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
      try {
        resume(*job);
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

void Answers::add(Job& job) {
  for (auto& loop : loops_) {
    if (loop.loop == job.loop) return loop.jobs.push(job);
  }
  loops_.push_back({.loop = job.loop, .jobs = {}});
  loops_.back().jobs.push(job);
}

void Answers::fail(const Error& error) {
  for (auto& loop : loops_) {
    for (Job* job = loop.jobs.first(); job != nullptr; job = job->next) {
      if (job->succeeded()) job->outcome = std::unexpected(error);
    }
  }
}

void Answers::send() {
  for (auto& [loop, jobs] : loops_) {
    if (loop == nullptr) {
      while (Job* job = jobs.pop()) resume(*job);
    } else {
      boost::asio::post(*loop, Resumption(*loop, std::move(jobs)));
    }
  }
  loops_.clear();
}

}  // namespace ashlar::sql::sqlite::detail
