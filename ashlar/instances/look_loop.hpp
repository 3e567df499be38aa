// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/instances/instance_register.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/postgres/subscriber.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::instances {

struct LookLoopOptions {
  std::chrono::milliseconds delay_max{2'000};  // between two looks
};

// Reads repeatedly what was changed in the database by other instances, commands of `ashlar` or SQL. A look awaits all
// sources in order. When all succeed, the instance uses its cached values for one lease from the start of the look.
// When another instance asks for a look, it starts immediately.
//
// Belongs to one loop. The arguments outlive it.
class LookLoop {
 public:
  // Applies what has changed since its last run. Not called while it runs.
  using Source = std::function<Task<Result<>>()>;

  LookLoop(InstanceRegister& instances, const Clock& clock, log::Logger& logger, LookLoopOptions options);
  ~LookLoop();  // after close(), or without start()
  LookLoop(const LookLoop&) = delete;
  LookLoop& operator=(const LookLoop&) = delete;

  // Before start().
  void add(Source source) { sources_.push_back(std::move(source)); }
  // Called with the end of each lease.
  void on_lease(std::function<void(Clock::Steady)> listener) { lease_listeners_.push_back(std::move(listener)); }
  // Runs after each look.
  void also(std::function<Task<>()> work) { also_ = std::move(work); }

  // Call before the loop has a thread. No cached value is used before the first look. `subscriber`, of which only the
  // url is required, receives the requests of other instances; without it the next look is at most delay_max away.
  void start(boost::asio::io_context& loop, std::optional<sql::postgres::SubscriberOptions> subscriber);
  // Call after the loop's thread is joined and before the database is closed. Idempotent.
  void close();

  // One look. For the loop of start(), and for tests.
  Task<Result<>> look();

 private:
  Task<> run();
  void report(const Result<>& looked);

  InstanceRegister& instances_;
  const Clock& clock_;
  log::Logger& logger_;
  const LookLoopOptions options_;
  std::vector<Source> sources_;
  std::vector<std::function<void(Clock::Steady)>> lease_listeners_;
  std::function<Task<>()> also_;
  struct OnLoop;
  std::unique_ptr<OnLoop> on_loop_;  // null: not started, or closed
  async::Wakeup wakeup_;
  bool failing_ = false;
};

}  // namespace ashlar::instances
