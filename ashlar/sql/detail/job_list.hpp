// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

namespace ashlar::sql::detail {

// A FIFO list of a driver's jobs, linked through their own `next`: it allocates nothing and owns nothing.
template <class Job>
class JobList {
 public:
  JobList() = default;
  JobList(JobList&& other) noexcept { swap(other); }
  JobList& operator=(JobList&& other) noexcept {
    swap(other);
    return *this;
  }
  JobList(const JobList&) = delete;
  ~JobList() = default;

  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Job* first() const { return first_; }

  void push(Job& job) {
    job.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &job;
    last_ = &job;
    ++size_;
  }
  void push_front(Job& job) {
    job.next = first_;
    first_ = &job;
    if (last_ == nullptr) last_ = &job;
    ++size_;
  }
  void append(JobList jobs) {
    while (Job* job = jobs.pop()) push(*job);
  }
  Job* pop() {
    Job* job = first_;
    if (job == nullptr) return nullptr;
    first_ = job->next;
    if (first_ == nullptr) last_ = nullptr;
    job->next = nullptr;
    --size_;
    return job;
  }
  bool remove(const Job& job) {
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
  // Moves the jobs for which `which` is true to the end of `to`.
  template <class Which>
  void move_if(Which which, JobList& to) {
    JobList kept;
    while (Job* job = pop()) (which(*job) ? to : kept).push(*job);
    swap(kept);
  }

 private:
  void swap(JobList& other) noexcept {
    std::swap(first_, other.first_);
    std::swap(last_, other.last_);
    std::swap(size_, other.size_);
  }
  Job* first_ = nullptr;
  Job* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace ashlar::sql::detail
