// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/care.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/sql/raw.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ashlar::jobs::detail {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds interval{1'000};
constexpr int rounds_per_prune = 30;
constexpr int rounds_per_count = 10;
constexpr std::int64_t groups_per_sweep = 50;
constexpr std::int64_t rows_per_prune = 5'000;
constexpr std::chrono::hours ticks_checked_after{24};  // of an expression that is never due
// A tick that is later than this was missed: no worker ran.
constexpr milliseconds late_max{60'000};

constexpr sql::RawSql first_tick{
    "insert into job_schedules (name, last_tick) values ($1, $2) on conflict (name) do nothing"};
constexpr sql::RawSql find_tick{"select last_tick from job_schedules where name = $1"};
constexpr sql::RawSql take_tick{"update job_schedules set last_tick = $2 where name = $1 and last_tick < $2"};

// The latest tick after `last` and not after `now`. Looks into ever longer windows before `now`: where the shorter one
// has no tick, the longer one has few.
std::optional<Timestamp> latest_tick(const Schedule& schedule, Timestamp last, Timestamp now) {
  using std::chrono::hours;
  const std::array<milliseconds, 6> windows{std::chrono::minutes(1), hours(1),        hours(24),
                                            hours(24 * 32),          hours(24 * 366), hours(24 * 366 * 9)};
  for (const milliseconds window : windows) {
    std::optional<Timestamp> found;
    auto next = schedule.expression.next(std::max(last, now - window), *schedule.zone);
    for (; next && *next <= now; next = schedule.expression.next(*next, *schedule.zone)) found = next;
    if (found) return found;
    if (last >= now - window) return std::nullopt;
  }
  return std::nullopt;
}

// Of two instances that see the same tick, one changes the row; the other finds it changed.
Task<Result<bool>> take(api::UnitOfWork& unit, const Schedule* schedule, const Enqueuer* enqueuer, Timestamp tick,
                        bool enqueues) {
  const auto taken = co_await unwrap(sql::execute(unit, take_tick, schedule->name, tick));
  if (taken.rows_affected == 0) co_return false;
  if (enqueues) enqueuer->enqueue_json(unit, schedule->kind, schedule->json, schedule->options);
  co_return enqueues;
}

}  // namespace

Task<Result<>> Care::rescue() {
  const auto rescued = co_await unwrap(store_.rescue(environment_.clock->now()));
  if (rescued == 0) co_return Result<>{};
  counts_.rescued += static_cast<std::uint64_t>(rescued);
  found_ = true;
  environment_.logger->warn("jobs of a dead worker were rescued", {{"count", rescued}});
  co_return Result<>{};
}

Task<Result<>> Care::sweep() {
  last_group_ = co_await unwrap(store_.sweep(last_group_, groups_per_sweep, environment_.clock->now()));
  co_return Result<>{};
}

Task<Result<>> Care::tick_schedules() {
  const Timestamp now = environment_.clock->now();
  const auto& schedules = services_.table.schedules();
  next_ticks_.resize(schedules.size());
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const Schedule& schedule = *schedules[i];
    if (next_ticks_[i] && now < *next_ticks_[i]) continue;
    co_await unwrap(tick(&schedule, now));
    next_ticks_[i] = schedule.expression.next(now, *schedule.zone).value_or(now + ticks_checked_after);
  }
  co_return Result<>{};
}

Task<Result<>> Care::tick(const Schedule* scheduled, Timestamp now) {
  const Schedule& schedule = *scheduled;
  sql::Database& database = store_.database();
  const auto last = co_await unwrap(sql::raw<Timestamp>(find_tick, schedule.name).one(database));
  if (!last) {
    co_await unwrap(sql::execute(database, first_tick, schedule.name, now));
    co_return Result<>{};
  }
  const auto due = latest_tick(schedule, *last, now);
  if (!due) co_return Result<>{};
  const bool enqueues = now - *due <= late_max || schedule.missed == Schedule::Missed::latest_runs;
  api::SystemCall call(environment_, "schedule " + schedule.name);
  const bool enqueued =
      co_await unwrap(services_.units.run(call, &take, &schedule, &services_.enqueuer, *due, enqueues));
  found_ = found_ || enqueued;
  co_return Result<>{};
}

// Dead rows come from jobs: while there are none and none were claimed since the last look, nothing is read.
Task<Result<>> Care::rewrite(Look look) {
  const std::uint64_t claimed = counts_.claimed;
  const bool idle = !look.waiting && !look.running && !look.held && !look.next_due;
  if (idle && claimed == claimed_before_rewrite_) co_return Result<>{};
  (void)co_await unwrap(store_.rewrite(options_.dead_rows_max));
  claimed_before_rewrite_ = claimed;
  co_return Result<>{};
}

Task<Result<>> Care::prune() {
  const Timestamp now = environment_.clock->now();
  for (const char* status : {"done", "cancelled"})
    (void)co_await unwrap(store_.prune(status, now - options_.done_kept, rows_per_prune));
  (void)co_await unwrap(store_.prune("dead", now - options_.dead_kept, rows_per_prune));
  (void)co_await unwrap(store_.prune_keys(now, rows_per_prune));
  co_return Result<>{};
}

Task<Result<>> Care::count_queues() {
  auto queues = co_await unwrap(JobAdmin(services_.units, services_.doorbell, *environment_.clock).queues());
  const std::scoped_lock lock(mutex_);
  queues_ = std::move(queues);
  co_return Result<>{};
}

std::optional<QueueView> Care::queue(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(queues_, name, &QueueView::name);
  if (found == queues_.end()) return std::nullopt;
  return *found;
}

Task<Result<>> Care::once() {
  const Look look = co_await unwrap(store_.look());
  if (look.running) co_await unwrap(rescue());
  if (look.held) co_await unwrap(sweep());
  co_await unwrap(tick_schedules());
  co_return co_await rewrite(look);
}

Task<> Care::run(std::function<void()> found) {
  for (int round = 1;; ++round) {
    auto done = co_await async::caught(once());
    if (done && round % rounds_per_prune == 0) done = co_await async::caught(prune());
    if (done && round % rounds_per_count == 1) done = co_await async::caught(count_queues());
    failures_.note(done, *environment_.logger);
    if (std::exchange(found_, false)) found();
    co_await async::sleep_for(interval);
  }
}

}  // namespace ashlar::jobs::detail
