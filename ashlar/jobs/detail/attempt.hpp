// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/units.hpp"
#include "ashlar/async/task_handle.hpp"
#include "ashlar/jobs/detail/store.hpp"
#include "ashlar/jobs/kind.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::jobs::detail {

// One attempt of a claimed job. Used on the loop that runs it, but for progress, which a heartbeat reads.
class Attempt {
 public:
  enum class Stop : std::uint8_t { none, cancelled, draining, lease_lost };

  Attempt(ClaimedJob claimed, const Kind* its_kind, api::Units& its_units)
      : job(std::move(claimed)), kind(its_kind), units(its_units) {}
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // The first reason counts. Ends the handler's current wait.
  void stop_for(Stop reason) {
    if (stop == Stop::none) stop = reason;
    if (handle) handle->cancel();
  }

  struct Progress {
    int percent = 0;
    std::string note;
  };
  void set_progress(Progress next) {
    const std::scoped_lock lock(mutex_);
    progress_ = std::move(next);
    written_ = false;
  }
  // What was not taken before.
  [[nodiscard]] std::optional<Progress> take_progress() {
    const std::scoped_lock lock(mutex_);
    if (written_) return std::nullopt;
    written_ = true;
    return progress_;
  }

  ClaimedJob job;
  const Kind* kind;  // null: the table has none of the job's name
  api::Units& units;
  std::vector<StoredStep> steps{};
  bool admitted = false;  // the guard let it pass
  bool is_final = false;  // give_up()
  std::optional<std::chrono::milliseconds> retry_delay{};
  Stop stop = Stop::none;
  std::optional<async::TaskHandle> handle{};  // while it runs beside others
  std::optional<AttemptEnd> end{};

 private:
  std::mutex mutex_;
  Progress progress_{};
  bool written_ = true;
};

}  // namespace ashlar::jobs::detail
