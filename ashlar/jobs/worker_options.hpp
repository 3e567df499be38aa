// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call_record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::jobs {

struct WorkerOptions {
  std::vector<std::string> queues = {};                 // empty: every queue of the table
  std::size_t concurrency = 32;                         // jobs that run at the same time in this process
  std::size_t claims_max = 256;                         // jobs claimed by one statement
  std::size_t completions_max = 512;                    // completions written by one statement
  std::chrono::milliseconds poll_interval{1'000};       // looks for jobs this often even when no doorbell rings
  std::chrono::milliseconds heartbeat_interval{1'500};  // renews its lease; learns of cancellations
  std::chrono::milliseconds lease{7'000};               // without a renewal, its jobs are rescued
  std::chrono::milliseconds drain_time_max{10'000};     // close() waits that long for running jobs, then cancels them
  std::chrono::hours done_kept{24};                     // how long done and cancelled jobs are kept
  std::chrono::hours dead_kept{24 * 30};                // how long dead letters are kept
  api::CallLogOptions log = {};                         // one line for each attempt
  std::int64_t dead_rows_max = 5'000;                   // PostgreSQL: the job table is rewritten beyond; see the design
};

}  // namespace ashlar::jobs
