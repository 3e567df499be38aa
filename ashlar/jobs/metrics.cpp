// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/metrics.hpp"

#include "ashlar/jobs/table.hpp"
#include "ashlar/jobs/worker.hpp"

#include <string>

namespace ashlar::jobs {

namespace {

struct Counter {
  const char* name;
  const char* help;
  std::uint64_t WorkerFigures::* value;
};
constexpr Counter counters[] = {
    {"ashlar_jobs_claimed_total", "Attempts that this process began.", &WorkerFigures::claimed},
    {"ashlar_jobs_done_total", "Jobs that this process finished.", &WorkerFigures::done},
    {"ashlar_jobs_failed_total", "Attempts that failed and are followed by another.", &WorkerFigures::failed},
    {"ashlar_jobs_dead_total", "Jobs whose last attempt failed.", &WorkerFigures::dead},
    {"ashlar_jobs_cancelled_total", "Jobs that were cancelled while this process ran them.", &WorkerFigures::cancelled},
    {"ashlar_jobs_rescued_total", "Jobs of dead workers that this process rescued.", &WorkerFigures::rescued}};

struct Gauge {
  const char* name;
  const char* help;
  std::int64_t QueueView::* value;
  double unit;
};
constexpr Gauge gauges[] = {
    {"ashlar_job_queue_waiting", "Jobs of the queue that wait for their turn.", &QueueView::waiting, 1},
    {"ashlar_job_queue_scheduled", "Jobs of the queue that wait for their time.", &QueueView::scheduled, 1},
    {"ashlar_job_queue_running", "Jobs of the queue that run.", &QueueView::running, 1},
    {"ashlar_job_queue_failed", "Jobs of the queue that wait for another attempt.", &QueueView::failed, 1},
    {"ashlar_job_queue_dead", "Dead jobs of the queue.", &QueueView::dead, 1},
    {"ashlar_job_queue_oldest_seconds", "How long the queue's oldest due job has waited.",
     &QueueView::oldest_waiting_ms, 0.001}};

}  // namespace

void add_metrics(observe::MetricSources& sources, const Worker& worker, const Table& table) {
  for (const Counter& counter : counters) {
    sources.add({.name = counter.name,
                 .type = observe::MetricType::counter,
                 .help = counter.help,
                 .value = [&worker, value = counter.value] { return static_cast<double>(worker.figures().*value); }});
  }
  sources.add({.name = "ashlar_jobs_running",
               .type = observe::MetricType::gauge,
               .help = "Jobs that this process runs now.",
               .value = [&worker] { return static_cast<double>(worker.figures().running); }});
  for (const Gauge& gauge : gauges) {
    for (const NamedQueue& queue : table.queues()) {
      sources.add({.name = gauge.name,
                   .type = observe::MetricType::gauge,
                   .help = gauge.help,
                   .labels = {{"queue", queue.name}},
                   .value = [&worker, name = queue.name, value = gauge.value, unit = gauge.unit] {
                     const auto view = worker.queue(name);
                     return view ? static_cast<double>((*view).*value) * unit : 0.0;
                   }});
    }
  }
}

}  // namespace ashlar::jobs
