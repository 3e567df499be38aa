// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/caller_source.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/auth/secret_box.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/jobs/enqueuer.hpp"
#include "ashlar/jobs/table.hpp"
#include "ashlar/jobs/worker.hpp"
#include "ashlar/observe/metrics_text.hpp"
#include "ashlar/redis/clients.hpp"
#include "backend/settings.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace ashlar::backend {

// The backend's job table, what enqueues its jobs, and the worker that runs them. Features take enqueuer(); their
// mount_..._jobs() functions fill table() before make_worker().
class JobSystem {
 public:
  // All of them outlive it. `redis` is null where there is none; its clients are not started yet.
  JobSystem(const Settings& settings, const api::Call::Environment& environment, api::Units& units,
            const auth::SecretBox& secrets, api::AuthoritySource& authorities, redis::Clients* redis);
  JobSystem(const JobSystem&) = delete;
  JobSystem& operator=(const JobSystem&) = delete;

  [[nodiscard]] jobs::Table& table() { return table_; }
  [[nodiscard]] jobs::Enqueuer& enqueuer() { return enqueuer_; }
  [[nodiscard]] jobs::JobAdmin& admin() { return admin_; }
  // Once, when the table is complete.
  void make_worker(observe::MetricSources& metrics);
  [[nodiscard]] jobs::Worker& worker() { return *worker_; }

  // Runs jobs in this process, unless JOB_WORKER is off. As Application::start() and close().
  void start(const std::vector<boost::asio::io_context*>& loops);
  void close();

 private:
  const Settings& settings_;
  const api::Call::Environment environment_;
  api::Units& units_;
  const auth::SecretBox& secrets_;
  api::AuthoritySource& authorities_;
  jobs::Table table_;
  std::unique_ptr<jobs::Doorbell> doorbell_;
  jobs::Enqueuer enqueuer_;
  jobs::JobAdmin admin_;
  std::optional<jobs::Worker> worker_;
};

}  // namespace ashlar::backend
