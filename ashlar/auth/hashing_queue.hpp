// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/blocking_pool.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace ashlar::auth {

// The client of a job.
struct HashingClient {
  std::string address;  // the key of fairness: an IPv4 address, an IPv6 /64; clients without one share a turn
  enum class Lane : std::uint8_t {
    anonymous,
    known_device,  // proved by a signed device cookie
  } lane = Lane::anonymous;
};

struct HashingQueueOptions {
  std::size_t waiting_max = 256;             // jobs that wait, in each lane
  std::chrono::milliseconds wait_max{3000};  // a job that is expected to wait longer is refused at once
  // The same for known devices. A crowd makes each job slower, and its jobs are refused before those of known devices.
  std::chrono::milliseconds known_device_wait_max{15'000};
  std::chrono::milliseconds job_time_assumed{250};  // of one job, until some were measured
};

// A fair queue before a pool of threads, for password hashing: one attacker, or ten thousand, must not make everybody
// else wait.
//
// Within a lane, addresses take turns, whatever each of them has queued; jobs of one address keep their order. While
// both lanes have jobs, the lanes alternate, so known devices get at least half of the threads against any number of
// anonymous addresses. No more jobs run than the pool has threads. The pool must serve this queue alone.
//
// The expected wait of a new job is (jobs that would run before it + 1) * mean job time / threads; the mean is an
// exponential average of what was measured (1/8 new). A refusal is immediate: server.overloaded, with Retry-After of
// the expected wait.
//
// Safe from any loop. The pool and the clock outlive the queue, the queue outlives every run().
class HashingQueue {
 public:
  HashingQueue(async::BlockingPool& pool, const Clock& clock, HashingQueueOptions options = {});
  ~HashingQueue();
  HashingQueue(const HashingQueue&) = delete;
  HashingQueue& operator=(const HashingQueue&) = delete;

  // Runs `job` on a thread of the pool in its turn, and resumes on the caller's loop with its result.
  // Exceptions of the job are rethrown. Error server.overloaded: the lane is full or the wait would be too long; the
  // job has not run. Cancelled: a job that waits leaves the queue and operation_aborted is thrown; one that runs is
  // awaited.
  template <class Job, class T = std::invoke_result_t<Job>>
  Task<Result<T>> run(HashingClient client, Job job) {
    auto turn = co_await enter(std::move(client));
    if (!turn) co_return std::unexpected(std::move(turn.error()));
    co_return co_await pool_.run([this, job = std::move(job)]() mutable {
      const JobTimer timer(*this);
      return job();
    });
  }

  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] std::size_t running() const;
  // The expected wait of a job of this client; zero when a thread is free.
  [[nodiscard]] std::chrono::milliseconds expected_wait(const HashingClient& client) const;

 private:
  struct State;

  // One thread of the pool, returned by the destructor.
  class Turn {
   public:
    explicit Turn(State* state) : state_(state) {}
    Turn(Turn&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(state_, other.state_);
      return *this;
    }
    ~Turn();

   private:
    State* state_;
  };

  class JobTimer {
   public:
    explicit JobTimer(HashingQueue& queue) : queue_(queue), begun_(queue.clock_.steady()) {}
    JobTimer(const JobTimer&) = delete;
    JobTimer& operator=(const JobTimer&) = delete;
    ~JobTimer() { queue_.note_job_time(queue_.clock_.steady() - begun_); }

   private:
    HashingQueue& queue_;
    Clock::Steady begun_;
  };

  Task<Result<Turn>> enter(HashingClient client);
  void note_job_time(Clock::Steady::duration time);

  async::BlockingPool& pool_;
  const Clock& clock_;
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::auth
