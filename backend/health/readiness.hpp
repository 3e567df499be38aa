// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/redis/clients.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/replicas.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::backend {

// Whether this process should get requests: its dependencies answer and it is not about to stop. Safe from any thread.
//
// Probes are shared, so that any number of requests costs one probe a second: the first caller queries the database and
// Redis, concurrent callers wait for its result, and later callers get that result until it is `kept_for` old.
class Readiness {
 public:
  // All outlive it. `redis` may be null: then it is not checked.
  Readiness(const Clock& clock, sql::Database& database, const sql::Replicas& replicas, redis::Clients* redis)
      : clock_(clock), database_(database), replicas_(replicas), redis_(redis) {}
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Makes the process not ready, so that the load balancer sends it no new requests. Takes effect immediately.
  void begin_draining() { draining_ = true; }

  // "database" answers, and the process is not "draining". Ready: no check has failed. "redis" is degraded when it is
  // unreachable, "replica 1" and so on when they are skipped, since every request is answered without them.
  struct Check {
    std::string name;
    enum class Outcome : std::uint8_t { passed, degraded, failed } outcome = Outcome::passed;
  };
  Task<std::vector<Check>> checks();

  static constexpr std::chrono::milliseconds database_time_max{1000};
  static constexpr std::chrono::milliseconds kept_for{1000};

 private:
  struct Probed {
    Check::Outcome database{};
    std::optional<Check::Outcome> redis{};
  };
  struct Waiter;
  class Probing;

  Task<Probed> probed();
  Task<Probed> probe();
  // A result that is recent enough; otherwise the caller becomes the prober, or `waiter` is woken by it.
  std::optional<Probed> kept_or_begin(const std::shared_ptr<Waiter>& waiter, bool& begins);
  void end_probing(std::optional<Probed> result);

  const Clock& clock_;
  sql::Database& database_;
  const sql::Replicas& replicas_;
  redis::Clients* redis_;
  std::atomic<bool> draining_ = false;

  std::mutex mutex_;  // guards the members below
  bool probing_ = false;
  std::optional<Probed> last_;
  Clock::Steady probed_at_{};
  std::vector<std::weak_ptr<Waiter>> waiters_;  // their coroutines own them
};

}  // namespace ashlar::backend
