// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/worker.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/jobs/detail/attempt.hpp"
#include "ashlar/jobs/detail/care.hpp"
#include "ashlar/jobs/detail/completions.hpp"
#include "ashlar/jobs/detail/failure_log.hpp"
#include "ashlar/jobs/detail/runner.hpp"
#include "ashlar/jobs/detail/store.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

namespace ashlar::jobs {

namespace asio = boost::asio;
using detail::Attempt;
using std::chrono::milliseconds;

namespace {

std::vector<const api::Endpoint*> endpoints_of(const Table& table) {
  std::vector<const api::Endpoint*> out;
  for (const auto& kind : table.kinds()) out.push_back(&kind->endpoint);
  return out;
}

api::ApiOptions api_options(const Worker::Services& services, const WorkerOptions& options) {
  api::ApiOptions out{.authorities = services.authorities};
  out.overload.requests_in_flight_max = 0;
  out.log = options.log;
  return out;
}

std::vector<std::string> queues_of(const Table& table, const WorkerOptions& options) {
  if (!options.queues.empty()) return options.queues;
  std::vector<std::string> out;
  for (const NamedQueue& queue : table.queues()) out.push_back(queue.name);
  return out;
}

std::string worker_name() {
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return std::string(host) + "/" + std::to_string(getpid());
}

constexpr milliseconds look_interval{50};  // while jobs are being claimed
constexpr milliseconds retry_delay{250};
constexpr milliseconds lease_margin{1'000};

}  // namespace

struct Worker::State {
  State(Services its_services, api::Call::Environment its_environment, WorkerOptions its_options)
      : services(its_services),
        environment(its_environment),
        options(std::move(its_options)),
        queues(queues_of(services.table, options)),
        store(services.units.database()),
        api(api_options(services, options), environment, nullptr, endpoints_of(services.table)),
        runner(api, store, services.secrets),
        completions(store, environment, options.completions_max, counts),
        care(store, {services.table, services.enqueuer, services.units, services.doorbell}, environment, options,
             counts),
        id(Uuid::make(*environment.clock, *environment.random)) {}

  [[nodiscard]] Timestamp now() const { return environment.clock->now(); }
  [[nodiscard]] std::size_t running() const {
    const std::scoped_lock lock(mutex);
    return attempts.size();
  }

  // Claims.
  Task<Result<std::vector<detail::ClaimedJob>>> claim(const std::string& queue, std::size_t at_most);
  Task<Result<std::size_t>> claim_once();
  Task<Result<bool>> any_waiting();
  Task<> claim_loop();
  void begin(detail::ClaimedJob job);
  void ended(const std::shared_ptr<Attempt>& attempt);
  // The lease.
  Task<> heartbeat_loop();
  Task<Result<>> heartbeat();
  Task<Result<>> write_progress();
  void stop_all(Attempt::Stop reason);
  void lose_lease();
  // The end.
  Task<> finish();
  [[nodiscard]] std::vector<std::pair<std::shared_ptr<Attempt>, std::size_t>> snapshot() const;

  const Services services;
  const api::Call::Environment environment;
  const WorkerOptions options;
  const std::vector<std::string> queues;
  detail::Store store;
  detail::Counts counts;
  api::Api api;
  detail::Runner runner;
  detail::Completions completions;
  detail::Care care;
  Uuid id;  // a new one after a lost lease

  std::vector<asio::io_context*> loops;
  std::optional<async::TaskScope> tasks;  // on the first loop
  async::Wakeup wake;
  async::Wakeup all_ended;
  std::atomic<bool> stopping = false;
  std::atomic<bool> hungry = false;  // the last claim was cut off by the concurrency
  std::vector<std::string> limited;  // queues with limits, as the last heartbeat read them
  bool claims_unknown = false;       // the answer to a claim was lost
  bool claimed_last = false;         // the last pass claimed something: the next one need not look first
  Clock::Steady last_look = Clock::Steady::min();
  std::optional<Timestamp> next_due;
  Clock::Steady lease_until{};
  std::size_t next_loop = 0;
  std::size_t next_queue = 0;
  detail::FailureLog claim_failures{"jobs cannot be claimed"};
  detail::FailureLog lease_failures{"the worker's lease cannot be renewed"};

  mutable std::mutex mutex;
  std::unordered_map<std::int64_t, std::pair<std::shared_ptr<Attempt>, std::size_t>> attempts;  // with their loops
};

Worker::Worker(Services services, api::Call::Environment environment, WorkerOptions options)
    : state_(std::make_unique<State>(services, environment, std::move(options))) {}
Worker::~Worker() = default;

WorkerFigures Worker::figures() const {
  WorkerFigures out = state_->counts.figures();
  out.running = state_->running();
  return out;
}

std::optional<QueueView> Worker::queue(const std::string& name) const { return state_->care.queue(name); }

const api::Api& Worker::api() const { return state_->api; }

// --- claims ---

Task<Result<std::vector<detail::ClaimedJob>>> Worker::State::claim(const std::string& queue, std::size_t at_most) {
  const bool is_limited = std::ranges::find(limited, queue) != limited.end();
  const auto count = static_cast<std::int64_t>(std::min(at_most, options.claims_max));
  auto jobs = is_limited ? co_await store.claim_limited(queue, count, id, now())
                         : co_await store.claim(queue, count, id, now());
  if (!jobs && api::may_be_written(jobs.error())) claims_unknown = true;
  co_return jobs;
}

// Promotes what is due. An idle worker reads once and claims nothing.
Task<Result<bool>> Worker::State::any_waiting() {
  const Clock::Steady steady = std::chrono::steady_clock::now();
  if (claimed_last && steady - last_look < look_interval) co_return true;
  last_look = steady;
  detail::Look look = co_await unwrap(store.look());
  if (look.next_due && *look.next_due <= now()) {
    (void)co_await unwrap(store.promote(now()));
    look = co_await unwrap(store.look());
  }
  next_due = look.next_due;
  co_return look.waiting;
}

// One pass over the queues, beginning with another one each time. Returns how many jobs were claimed.
Task<Result<std::size_t>> Worker::State::claim_once() {
  if (claims_unknown) {
    std::vector<std::int64_t> known;
    for (const auto& [attempt, loop] : snapshot()) known.push_back(attempt->job.seq);
    for (const std::int64_t seq : completions.waiting()) known.push_back(seq);
    (void)co_await unwrap(store.give_back_unknown(id, std::move(known)));
    claims_unknown = false;
  }
  hungry = false;
  const bool any = co_await unwrap(any_waiting());
  claimed_last = false;
  if (!any) co_return 0;
  std::size_t claimed = 0;
  for (std::size_t i = 0; i < queues.size() && !stopping; ++i) {
    const std::size_t busy = running();
    if (busy >= options.concurrency || completions.is_behind()) {
      hungry = true;
      break;
    }
    const std::size_t share = (options.concurrency - busy + queues.size() - i - 1) / (queues.size() - i);
    auto jobs = co_await unwrap(claim(queues[(next_queue + i) % queues.size()], share));
    claimed += jobs.size();
    for (auto& job : jobs) begin(std::move(job));
  }
  if (!queues.empty()) next_queue = (next_queue + 1) % queues.size();
  claimed_last = claimed > 0;
  counts.claimed += claimed;
  co_return claimed;
}

Task<> Worker::State::claim_loop() {
  while (!stopping) {
    const auto claimed = co_await async::caught(claim_once());
    claim_failures.note(claimed, *environment.logger);
    milliseconds pause = options.poll_interval;
    if (!claimed) {
      pause = retry_delay;
    } else if (*claimed > 0 && !hungry) {
      continue;
    }
    if (next_due) pause = std::clamp(*next_due - now(), milliseconds(1), pause);
    co_await wake.wait(pause);
  }
}

void Worker::State::begin(detail::ClaimedJob job) {
  const std::int64_t seq = job.seq;
  const Kind* kind = services.table.find(job.kind);
  auto attempt = std::make_shared<Attempt>(std::move(job), kind, services.units);
  const std::size_t loop = next_loop++ % loops.size();
  {
    const std::scoped_lock lock(mutex);
    attempts[seq] = {attempt, loop};
  }
  asio::post(*loops[loop], [this, loop, attempt] {
    attempt->handle.emplace(*loops[loop], runner.run(*attempt), [this, attempt] { ended(attempt); });
    if (attempt->end) attempt->handle.reset();
  });
}

// On the attempt's loop. The completion is known before the attempt is forgotten, so that none is given back.
void Worker::State::ended(const std::shared_ptr<Attempt>& attempt) {
  if (attempt->end) completions.add(std::move(*attempt->end));
  bool last = false;
  {
    const std::scoped_lock lock(mutex);
    attempts.erase(attempt->job.seq);
    last = attempts.empty();
  }
  if (hungry.exchange(false)) wake.wake();
  if (last && stopping) all_ended.wake();
}

std::vector<std::pair<std::shared_ptr<Attempt>, std::size_t>> Worker::State::snapshot() const {
  const std::scoped_lock lock(mutex);
  std::vector<std::pair<std::shared_ptr<Attempt>, std::size_t>> out;
  out.reserve(attempts.size());
  for (const auto& [seq, running] : attempts) out.push_back(running);
  return out;
}

// --- the lease ---

void Worker::State::stop_all(Attempt::Stop reason) {
  for (const auto& [attempt, loop] : snapshot())
    asio::post(*loops[loop], [attempt, reason] { attempt->stop_for(reason); });
}

// Others rescue what it runs: it ends that before, and continues under another id.
void Worker::State::lose_lease() {
  environment.logger->error("the worker lost its lease; its jobs run again", {{"worker", id.to_string()}});
  stop_all(Attempt::Stop::lease_lost);
  id = Uuid::make(*environment.clock, *environment.random);
}

Task<Result<>> Worker::State::write_progress() {
  for (const auto& [attempt, loop] : snapshot()) {
    auto progress = attempt->take_progress();
    if (!progress) continue;
    co_await unwrap(
        store.write_progress(attempt->job.seq, attempt->job.attempt, progress->percent, std::move(progress->note)));
  }
  co_return Result<>{};
}

Task<Result<>> Worker::State::heartbeat() {
  const Clock::Steady asked = std::chrono::steady_clock::now();
  const bool renewed = co_await unwrap(store.renew(id, options.lease, now()));
  if (!renewed) {
    if (lease_until != Clock::Steady{}) lose_lease();
    co_await unwrap(store.register_worker(id, worker_name(), options.lease, now()));
  }
  lease_until = asked + options.lease - lease_margin;
  std::vector<std::string> names;
  for (const JobQueueRow& queue : co_await unwrap(store.queues())) {
    if (queue.paused || queue.concurrency > 0 || queue.rate_per_minute > 0) names.push_back(queue.name);
  }
  limited = std::move(names);
  if (running() == 0) co_return Result<>{};
  for (const std::int64_t seq : co_await unwrap(store.cancelled_of(id))) {
    for (const auto& [attempt, loop] : snapshot()) {
      if (attempt->job.seq != seq) continue;
      asio::post(*loops[loop], [attempt] { attempt->stop_for(Attempt::Stop::cancelled); });
    }
  }
  co_return co_await write_progress();
}

Task<> Worker::State::heartbeat_loop() {
  while (true) {
    const auto beat = co_await async::caught(heartbeat());
    lease_failures.note(beat, *environment.logger);
    if (!beat && lease_until != Clock::Steady{} && std::chrono::steady_clock::now() >= lease_until) {
      lose_lease();
      lease_until = Clock::Steady{};
    }
    co_await async::sleep_for(beat ? options.heartbeat_interval : retry_delay);
  }
}

// --- start and end ---

void Worker::start(const std::vector<asio::io_context*>& loops) {
  State& state = *state_;
  state.loops = loops;
  asio::io_context& first = *loops.front();
  state.tasks.emplace(first);
  state.wake.open(first);
  state.all_ended.open(first);
  state.completions.start(first, [&state] { state.wake.wake(); });
  state.services.doorbell.listen([&state] { state.wake.wake(); });
  state.tasks->start(begin_work(state));
}

Task<> Worker::begin_work(State& state) {
  while (true) {
    auto ready = co_await async::caught(state.heartbeat());
    if (ready) ready = co_await state.store.add_queues(state.services.table.queues(), state.now());
    state.lease_failures.note(ready, *state.environment.logger);
    if (ready) break;
    co_await async::sleep_for(retry_delay);
  }
  state.tasks->start(state.heartbeat_loop());
  state.tasks->start(state.claim_loop());
  state.tasks->start(state.completions.run());
  state.tasks->start(state.care.run([&state] { state.wake.wake(); }));
  state.tasks->start(state.services.doorbell.receive());
}

// Running jobs get their time, then they are cancelled; every completion is written before the lease is given up.
Task<> Worker::State::finish() {
  const Clock::Steady until = std::chrono::steady_clock::now() + options.drain_time_max;
  while (running() > 0 && std::chrono::steady_clock::now() < until) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    co_await all_ended.wait(std::clamp(left, milliseconds(1), milliseconds(100)));
  }
  if (running() > 0) {
    environment.logger->warn("jobs are interrupted and run again", {{"count", running()}});
    stop_all(Attempt::Stop::draining);
  }
  while (running() > 0) co_await all_ended.wait(milliseconds(100));
  tasks->cancel();
  co_await tasks->join();
  if (const auto written = co_await completions.flush(); !written) {
    environment.logger->error("completions of jobs were not written: these jobs run again",
                              {{"count", completions.waiting().size()}, {"cause", written.error().cause()}});
  }
  (void)co_await store.remove_worker(id);
}

void Worker::close() {
  State& state = *state_;
  if (state.loops.empty()) return;
  state.stopping = true;
  state.services.doorbell.listen({});
  std::vector<std::jthread> threads;
  std::vector<asio::executor_work_guard<LoopExecutor>> work;
  for (std::size_t i = 1; i < state.loops.size(); ++i) {
    asio::io_context& loop = *state.loops[i];
    loop.restart();
    work.push_back(asio::make_work_guard(loop));
    threads.emplace_back([&loop] { loop.run(); });
  }
  async::run_to_end(*state.loops.front(), state.finish());
  work.clear();
  for (std::size_t i = 1; i < state.loops.size(); ++i) state.loops[i]->stop();
  threads.clear();
  // The loops may be destroyed before the worker.
  state.completions.close();
  state.wake.close();
  state.all_ended.close();
  state.tasks.reset();
  state.loops.clear();
}

// --- without loops ---

Task<Result<std::size_t>> Worker::run_due() {
  State& state = *state_;
  co_await unwrap(state.store.register_worker(state.id, worker_name(), state.options.lease, state.now()));
  co_await unwrap(state.store.add_queues(state.services.table.queues(), state.now()));
  std::vector<std::string> names;
  for (const JobQueueRow& queue : co_await unwrap(state.store.queues())) {
    if (queue.paused || queue.concurrency > 0 || queue.rate_per_minute > 0) names.push_back(queue.name);
  }
  state.limited = std::move(names);
  std::size_t attempts = 0;
  for (bool found = true; found;) {
    found = false;
    co_await unwrap(state.care.once());
    state.claimed_last = false;
    (void)co_await unwrap(state.any_waiting());
    for (const std::string& queue : state.queues) {
      for (auto& job : co_await unwrap(state.claim(queue, state.options.concurrency))) {
        found = true;
        ++attempts;
        ++state.counts.claimed;
        const Kind* kind = state.services.table.find(job.kind);
        Attempt attempt(std::move(job), kind, state.services.units);
        co_await state.runner.run(attempt);
        if (attempt.end) state.completions.add(std::move(*attempt.end));
      }
    }
    co_await unwrap(state.completions.flush());
  }
  co_await unwrap(state.store.remove_worker(state.id));
  co_return attempts;
}

}  // namespace ashlar::jobs
