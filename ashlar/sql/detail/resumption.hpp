// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/detail/job_list.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <concepts>
#include <utility>

namespace ashlar::sql::detail {

// The job ends with the frame that this resumes. A `resume` with a parameter receives a success code.
template <class Job>
void resume_job(Job& job) {
  auto resume = std::move(job.resume);
  if constexpr (std::invocable<decltype(resume)&>) {
    resume();
  } else {
    resume({});
  }
}

// Resumes the finished jobs of one loop, on it. When a coroutine throws, the loop resumes the rest. When the loop is
// destroyed first, so are the coroutines.
template <class Job>
class Resumption {
 public:
  Resumption(boost::asio::io_context& loop, JobList<Job> jobs) : loop_(&loop), jobs_(std::move(jobs)) {}
  Resumption(Resumption&&) = default;
  Resumption& operator=(Resumption&&) = delete;
  Resumption(const Resumption&) = delete;
  ~Resumption() {
    while (Job* job = jobs_.pop()) auto dropped = std::move(job->resume);
  }

  void operator()() {
    while (Job* job = jobs_.pop()) {
      try {
        resume_job(*job);
      } catch (...) {
        if (!jobs_.empty()) boost::asio::post(*loop_, Resumption(*loop_, std::move(jobs_)));
        throw;
      }
    }
  }

 private:
  boost::asio::io_context* loop_;
  JobList<Job> jobs_;
};

}  // namespace ashlar::sql::detail
