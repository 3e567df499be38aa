// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/job.hpp"

#include "ashlar/sql/detail/resumption.hpp"

#include <boost/asio/post.hpp>

namespace ashlar::sql::sqlite::detail {

void CompletionBatch::add(Job& job) {
  for (auto& loop : loops_) {
    if (loop.loop == job.loop) return loop.jobs.push(job);
  }
  loops_.push_back({.loop = job.loop, .jobs = {}});
  loops_.back().jobs.push(job);
}

void CompletionBatch::fail(const Error& error) {
  for (auto& loop : loops_) {
    for (Job* job = loop.jobs.first(); job != nullptr; job = job->next) {
      if (job->succeeded()) job->outcome = std::unexpected(error);
    }
  }
}

void CompletionBatch::send() {
  for (auto& [loop, jobs] : loops_) {
    if (loop == nullptr) {
      while (Job* job = jobs.pop()) sql::detail::resume_job(*job);
    } else {
      boost::asio::post(*loop, sql::detail::Resumption(*loop, std::move(jobs)));
    }
  }
  loops_.clear();
}

}  // namespace ashlar::sql::sqlite::detail
