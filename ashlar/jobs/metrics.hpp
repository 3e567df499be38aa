// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/observe/metrics_text.hpp"

namespace ashlar::jobs {

class Table;
class Worker;

// ashlar_jobs_{claimed,done,failed,dead,cancelled,rescued}_total and ashlar_jobs_running of this process, and for each
// queue of the table, of all instances: ashlar_job_queue_{waiting,scheduled,running,failed,dead,oldest_seconds}, which
// are at most ten seconds old. Both outlive the last scrape.
void add_metrics(observe::MetricSources& sources, const Worker& worker, const Table& table);

}  // namespace ashlar::jobs
