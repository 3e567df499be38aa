// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/endpoint.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/jobs/cron.hpp"
#include "ashlar/jobs/job.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// What the lines of the job table (table.hpp) are made of.
namespace ashlar::jobs {

// The delay before the next attempt: first, first * factor, first * factor^2, ... up to max, each changed by a random
// share of up to `jitter`. Or the listed delays, of which the last one repeats.
struct Backoff {
  std::chrono::milliseconds first{1'000};
  double factor = 2.0;
  std::chrono::milliseconds max{3'600'000};
  double jitter = 0.2;  // 0 to 1: of the delay, up and down
  std::vector<std::chrono::milliseconds> delays{};

  [[nodiscard]] std::chrono::milliseconds after(int attempt, Random& random) const;  // the attempt that failed, from 1
};

// On all instances together. 0: no limit.
struct QueueLimits {
  int concurrency = 0;      // jobs that run at the same time
  int rate_per_minute = 0;  // jobs that begin within any 60 s
};

struct NamedQueue {
  std::string name;
  QueueLimits limits{};
};

// A line of the table.
struct Kind {
  enum class Arguments : std::uint8_t { plain, sealed };
  // by_enqueueing: the permission to enqueue the job is enough to run it.
  enum class Access : std::uint8_t { by_enqueueing, guarded };

  std::string name;
  api::Endpoint endpoint;  // name, handler, guards, timeout, summary
  std::string queue = "default";
  int priority = 5;
  int attempts_max = 10;
  Backoff backoff{};
  Arguments arguments = Arguments::plain;
  Access access = Access::by_enqueueing;
  std::vector<std::string> steps{};  // empty: any
  int group_concurrency = 1;
  int group_rate_per_minute = 0;
};

// A line that enqueues a job again and again.
struct Schedule {
  // A tick that came while no worker ran: skipped, or the most recent one is enqueued when a worker starts.
  enum class Missed : std::uint8_t { skipped, latest_runs };

  std::string name;  // by default the kind's, or "<kind>-2" and so on
  std::string kind;
  std::string json;
  EnqueueOptions options;
  CronExpression expression;
  std::shared_ptr<const TimeZone> zone;
  Missed missed = Missed::skipped;
};

class ScheduleBuilder {
 public:
  explicit ScheduleBuilder(Schedule& schedule) : schedule_(schedule) {}
  ScheduleBuilder& name(std::string unique) { return schedule_.name = std::move(unique), *this; }
  ScheduleBuilder& missed(Schedule::Missed policy) { return schedule_.missed = policy, *this; }

 private:
  Schedule& schedule_;
};

}  // namespace ashlar::jobs
