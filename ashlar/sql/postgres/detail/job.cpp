// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/job.hpp"

#include <boost/asio/post.hpp>

namespace ashlar::sql::postgres::detail {

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
