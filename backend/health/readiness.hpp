// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/redis/clients.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/replicas.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ashlar::backend {

// Whether this process should get requests: its parts answer and it is not about to stop. Safe from any thread.
class Readiness {
 public:
  // `redis` may be null: then it is not asked.
  Readiness(sql::Database& database, const sql::Replicas& replicas, redis::Clients* redis)
      : database_(database), replicas_(replicas), redis_(redis) {}
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // From now on not ready, so that whoever balances the load sends no more.
  void begin_draining() { draining_ = true; }

  // "database" answers, and the process is not "draining". Ready: none has failed. "redis" is degraded when it is away,
  // "replica 1" and on when they are left out, since every request is answered without them, too.
  struct Check {
    std::string name;
    enum class Outcome : std::uint8_t { passed, degraded, failed } outcome = Outcome::passed;
  };
  Task<std::vector<Check>> checks();

  static constexpr std::chrono::milliseconds database_time_max{1000};

 private:
  sql::Database& database_;
  const sql::Replicas& replicas_;
  redis::Clients* redis_;
  std::atomic<bool> draining_ = false;
};

}  // namespace ashlar::backend
