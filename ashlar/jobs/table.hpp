// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/endpoint.hpp"
#include "ashlar/jobs/cron.hpp"
#include "ashlar/jobs/detail/job_operation.hpp"
#include "ashlar/jobs/job.hpp"
#include "ashlar/jobs/kind.hpp"
#include "ashlar/schema/json.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ashlar::jobs {

// Builds one line of the table: what a kind of job is, and how it is run. Short-lived.
class KindBuilder {
 public:
  explicit KindBuilder(Kind& kind) : kind_(kind) {}

  KindBuilder& queue(std::string name) { return kind_.queue = std::move(name), *this; }   // default "default"
  KindBuilder& priority(int lower_first) { return kind_.priority = lower_first, *this; }  // 0 to 9, default 5
  KindBuilder& attempts(int at_most) { return kind_.attempts_max = at_most, *this; }      // 1 to 1,000, default 10
  // Between attempts; see Backoff.
  KindBuilder& backoff(Backoff backoff) { return kind_.backoff = std::move(backoff), *this; }
  // Of one attempt; default 60 s. A late attempt is cancelled and counts as failed.
  KindBuilder& timeout(std::chrono::milliseconds time) { return kind_.endpoint.time_max = time, *this; }
  // Arguments are stored sealed with the application's secret keys, and are not shown.
  KindBuilder& encrypted() { return kind_.arguments = Kind::Arguments::sealed, *this; }
  // The steps that the handler has. Another stored step sends the job to dead letters with job.unknown_step and its
  // name, and so does call.step() with another name. Without this line, stored steps that no code asks for are ignored.
  KindBuilder& steps(std::string first, auto... more) {
    return kind_.steps = {std::move(first), std::string(std::move(more))...}, *this;
  }
  // How many jobs of one group run at the same time, on all instances; default 1.
  KindBuilder& group_concurrency(int at_most) { return kind_.group_concurrency = at_most, *this; }
  // How many jobs of one group begin in a minute, on all instances; default 0: any number.
  KindBuilder& group_rate_per_minute(int at_most) { return kind_.group_rate_per_minute = at_most, *this; }
  // The principal that enqueued the job must still hold this permission when it runs; else the job is dead with
  // auth.forbidden. By default no permission is checked when a job runs, and it needs no principal.
  KindBuilder& permission(std::string any_of_first, auto... more);
  KindBuilder& guard(api::Guard guard);
  KindBuilder& summary(std::string sentence) { return kind_.endpoint.summary = std::move(sentence), *this; }

 private:
  Kind& kind_;
};

// The job table: one line for each kind of job, and one for each schedule.
//
//   void mount_jobs(jobs::Table& table, Orders& orders, mail::Mailer& mailer) {
//     table.queue("mail", {.concurrency = 20, .rate_per_minute = 600});
//     table.add<SendReceipt>(send_receipt, orders, mailer).queue("mail").attempts(10).timeout(30s).summary("...");
//     table.add<Report>(make_report, orders).queue("reports");
//     table.every("0 3 * * *", "Europe/Zurich", Report{}).name("nightly-report");
//   }
//
// Filled at start by one thread; immutable once a Worker or the first enqueue() uses it. The services outlive the
// worker.
class Table {
 public:
  Table();
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // The handler: Task<Result<T>> or Task<Result<>> (jobs::JobCall&, J, Services&...). It may also take an api::Call&.
  // Throws std::logic_error when the kind has a line already, or its name is malformed.
  template <Job J, class Op, class... Services>
  KindBuilder add(Op handler, Services&... services) {
    using Traits = detail::HandlerTraits<Op>;
    static_assert(std::is_same_v<typename Traits::Input, J>, "the handler takes the job by value after its call");
    using Expected = typename Traits::Services;
    static_assert(std::is_constructible_v<Expected, Services&...> && std::tuple_size_v<Expected> == sizeof...(Services),
                  "after the handler, pass exactly the services that it takes, in its order");
    return KindBuilder(
        emplace(J::job_name, std::make_unique<detail::JobOperation<Op>>(handler, Expected(services...))));
  }

  // Limits that a queue begins with. An administrator's later setting replaces them (JobAdmin::set_queue).
  void queue(std::string name, QueueLimits limits);

  // Enqueues the job at each time of the cron expression in the time zone: see cron.hpp. On all instances together each
  // tick enqueues one job. Throws std::invalid_argument for a wrong expression or an unknown zone.
  template <Job J>
  ScheduleBuilder every(std::string_view expression, std::string_view zone, const J& job,
                        const EnqueueOptions& options = {}) {
    return ScheduleBuilder(emplace_schedule(expression, zone, J::job_name, schema::to_json(job), options));
  }

  [[nodiscard]] const Kind* find(std::string_view name) const;  // null: there is none
  [[nodiscard]] const std::vector<std::unique_ptr<Kind>>& kinds() const { return kinds_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Schedule>>& schedules() const { return schedules_; }
  // Every queue that a line names, with its limits.
  [[nodiscard]] std::vector<NamedQueue> queues() const;

 private:
  Kind& emplace(std::string_view name, std::unique_ptr<api::Operation> operation);
  Schedule& emplace_schedule(std::string_view expression, std::string_view zone, std::string_view kind,
                             std::string json, const EnqueueOptions& options);

  std::vector<std::unique_ptr<Kind>> kinds_;
  std::vector<std::unique_ptr<Schedule>> schedules_;
  std::vector<NamedQueue> queues_;
};

inline KindBuilder& KindBuilder::permission(std::string any_of_first, auto... more) {
  return guard(api::permission({std::move(any_of_first), std::string(std::move(more))...}));
}

}  // namespace ashlar::jobs
