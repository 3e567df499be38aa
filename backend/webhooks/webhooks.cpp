// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhooks.hpp"

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/async/wakeup.hpp"
#include "ashlar/schema/json.hpp"
#include "ashlar/webhooks/retry_schedule.hpp"
#include "backend/webhooks/webhook_secrets.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::int64_t attempts_max = 64;  // at the same time, of this process
constexpr std::chrono::seconds claim_margin{15};
// Between two looks for deliveries. Those of this process wake it; those of an instance that died wait that long.
constexpr std::chrono::milliseconds look_interval_min{1'000};
constexpr std::chrono::milliseconds look_interval_max{5'000};
constexpr std::chrono::minutes pruning_interval{10};

using webhooks::AttemptOutcome;
using webhooks::EndpointGates;

// Leaves the gate whatever happens; a cancelled attempt says nothing about the endpoint.
class GatePass {
 public:
  GatePass(EndpointGates& gates, const Uuid& endpoint) : gates_(gates), endpoint_(endpoint) {}
  ~GatePass() { gates_.leave(endpoint_, outcome_); }
  GatePass(const GatePass&) = delete;
  GatePass& operator=(const GatePass&) = delete;

  void set(EndpointGates::Outcome outcome) { outcome_ = outcome; }

 private:
  EndpointGates& gates_;
  const Uuid endpoint_;
  EndpointGates::Outcome outcome_ = EndpointGates::Outcome::undecided;
};

DeliveryAttempt attempt_of(const AttemptOutcome& outcome, Timestamp at) {
  DeliveryAttempt out{.at = at, .status = {}, .error = {}, .duration_ms = outcome.took.count()};
  if (outcome.status != 0) out.status = std::int64_t{outcome.status};
  if (!outcome.error.empty()) out.error = outcome.error;
  return out;
}

Task<Result<>> fail_now(api::UnitOfWork& unit, Uuid delivery, std::int64_t round) {
  return WebhookRepository::fail_delivery(unit, delivery, round);
}

}  // namespace

struct Webhooks::State {
  struct OnLoop {
    explicit OnLoop(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
    boost::asio::io_context& loop;
    async::TaskScope tasks;
  };
  std::unique_ptr<OnLoop> on_loop;  // null: not started, or closed
  async::Wakeup wakeup;
  std::int64_t running = 0;  // attempts; on the loop
  bool failing = false;
};

Webhooks::Webhooks(Services services, WebhookOptions options, std::vector<std::string> event_types)
    : services_(services),
      options_(std::move(options)),
      event_types_(std::move(event_types)),
      sender_(options_.sender, *services.call.clock),
      gates_(*services.call.clock, options_.gates),
      state_(std::make_unique<State>()) {}

Webhooks::~Webhooks() = default;

void Webhooks::start(boost::asio::io_context& loop) {
  sender_.start({&loop});
  state_->wakeup.open(loop);
  state_->on_loop = std::make_unique<State::OnLoop>(loop);
  state_->on_loop->tasks.start(run());
  state_->on_loop->tasks.start(run_pruning());
}

void Webhooks::close() {
  if (!state_->on_loop) return;
  state_->on_loop->tasks.cancel();
  async::run_to_end(state_->on_loop->loop, state_->on_loop->tasks.join());
  state_->wakeup.close();
  state_->on_loop.reset();
  sender_.close();
}

void Webhooks::wake() { state_->wakeup.wake(); }

Task<Result<>> Webhooks::fan_out(api::UnitOfWork& unit, std::vector<events::Event> events) {
  const auto endpoints = co_await unwrap(WebhookRepository(unit).enabled_endpoints());
  const api::Call& call = unit.call();
  const Timestamp now = call.now();
  std::vector<WebhookDeliveryRow> rows;
  for (const events::Event& event : events) {
    std::string payload;
    for (const WebhookEndpointRow& endpoint : endpoints) {
      if (!selects(endpoint.events, event.type)) continue;
      if (payload.empty()) payload = schema::to_json(event);
      rows.push_back({.id = call.new_id(),
                      .endpoint_id = endpoint.id,
                      .event_id = event.id,
                      .sequence = event.sequence,
                      .type = event.type,
                      .key = event.key,
                      .due_at = now,
                      .ordered = endpoint.ordered,
                      .attempts = {},
                      .payload = payload,
                      .created_at = now,
                      .updated_at = now});
    }
  }
  if (rows.empty()) co_return Result<>{};
  unit.after_commit([this] { return wake_after(this); });
  co_return co_await WebhookRepository::create_deliveries(unit, std::move(rows));
}

Task<> Webhooks::wake_after(Webhooks* webhooks) {
  webhooks->wake();
  co_return;
}

// An attempt that takes longer than its time is one of a process that died.
Task<Result<std::vector<Uuid>>> Webhooks::claim(std::int64_t deliveries_max) {
  api::SystemCall call(services_.call, "webhooks");
  const Timestamp now = services_.call.clock->now();
  std::string busy;
  for (const Uuid& endpoint : gates_.busy()) endpoint.append_to(busy += ' ');
  co_return co_await services_.units.run_one(
      call, &WebhookRepository::claim,
      WebhookRepository::Claim{.now = now,
                               .due_again_at = now + 2 * options_.sender.attempt_time_max + claim_margin,
                               .deliveries_max = deliveries_max,
                               .busy = std::move(busy)});
}

Task<Result<>> Webhooks::attempt(Uuid delivery) {
  auto due = co_await unwrap(WebhookRepository(services_.units.database()).find_due(delivery));
  if (!due) co_return Result<>{};  // it has ended, or the endpoint was removed
  api::SystemCall call(services_.call, "webhooks");
  if (due->endpoint.disabled_at) co_return co_await services_.units.run(call, &fail_now, delivery, due->delivery.round);
  if (const auto delay = gates_.try_enter(due->endpoint.id)) {
    ++deferred_;
    co_return co_await services_.units.run_one(call, &WebhookRepository::defer, delivery,
                                               services_.call.clock->now() + *delay);
  }
  co_return co_await send(std::move(*due));
}

Task<Result<>> Webhooks::send(DueDelivery due) {
  GatePass pass(gates_, due.endpoint.id);
  const Timestamp now = services_.call.clock->now();
  auto keys = co_await unwrap(keys_of(services_.secrets, due.endpoint, now));
  const AttemptOutcome outcome = co_await sender_.send({.url = due.endpoint.url,
                                                        .id = due.delivery.event_id.to_string(),
                                                        .body = due.delivery.payload,
                                                        .keys = std::move(keys)});
  using Kind = AttemptOutcome::Kind;
  pass.set(outcome.kind == Kind::failed ? EndpointGates::Outcome::failed : EndpointGates::Outcome::succeeded);
  AttemptRecord record = record_of(due, outcome, now);
  const auto disabled = record.disable_because;
  api::SystemCall call(services_.call, "webhooks");
  const bool recorded =
      co_await unwrap(services_.units.run(call, &WebhookRepository::record_attempt, std::move(record)));
  if (recorded && disabled) {
    services_.call.logger->warn("a webhook endpoint was disabled",
                                {{"endpointId", due.endpoint.id.to_string()}, {"because", *disabled}});
  }
  co_return Result<>{};
}

AttemptRecord Webhooks::record_of(const DueDelivery& due, const AttemptOutcome& outcome, Timestamp now) {
  using Kind = AttemptOutcome::Kind;
  const WebhookDeliveryRow& delivery = due.delivery;
  AttemptRecord record{.delivery = delivery.id,
                       .endpoint = due.endpoint.id,
                       .round = delivery.round,
                       .attempt = attempt_of(outcome, now),
                       .status = DeliveryStatus::delivered,
                       .due_at = now};
  if (outcome.kind == Kind::delivered) {
    ++delivered_;
    return record;
  }
  ++attempts_failed_;
  const auto made = static_cast<int>(delivery.attempts_in_round) + 1;
  const auto delay = outcome.kind == Kind::gone ? std::nullopt : webhooks::delay_after(made, outcome.retry_after);
  record.status = delay ? DeliveryStatus::pending : DeliveryStatus::failed;
  if (delay) {
    record.due_at = now + *delay;
  } else if (outcome.kind == Kind::gone) {
    record.disable_because = "gone";
  } else if (delivery.round == 1 &&
             (!due.endpoint.last_success_at || *due.endpoint.last_success_at < delivery.created_at)) {
    record.disable_because = "failing";  // nothing was delivered in the three days of the attempts
  }
  return record;
}

Task<Result<std::int64_t>> Webhooks::run_due() {
  std::int64_t made = 0;
  while (true) {
    const auto claimed = co_await unwrap(claim(attempts_max));
    if (claimed.empty()) co_return made;
    for (const Uuid& delivery : claimed) {
      co_await unwrap(attempt(delivery));
      ++made;
    }
  }
}

Task<> Webhooks::run() {
  State& state = *state_;
  while (true) {
    const std::int64_t free = attempts_max - state.running;
    std::size_t taken = 0;
    if (free > 0) {
      auto claimed = co_await async::caught(claim(free));
      if (claimed) {
        taken = claimed->size();
        state.running += static_cast<std::int64_t>(taken);
        for (const Uuid& delivery : *claimed) state.on_loop->tasks.start(run_attempt(delivery));
      }
      report(claimed ? Result<>() : std::unexpected(std::move(claimed.error())));
    }
    if (std::cmp_less(taken, free) || free == 0) co_await state.wakeup.wait(co_await time_to_next_look());
  }
}

// What is due and was not claimed waits for its predecessor, or for its endpoint.
Task<std::chrono::milliseconds> Webhooks::time_to_next_look() {
  const auto next = co_await async::caught(WebhookRepository(services_.units.database()).next_due_at());
  if (!next) co_return look_interval_min;
  if (!*next) co_return look_interval_max;
  const std::chrono::milliseconds left = **next - services_.call.clock->now();
  co_return left.count() <= 0 ? look_interval_min : std::min(left, look_interval_max);
}

Task<> Webhooks::run_attempt(Uuid delivery) {
  try {
    report(co_await attempt(delivery));
  } catch (const boost::system::system_error& error) {
    --state_->running;
    if (error.code() == boost::asio::error::operation_aborted) throw;  // closed
    co_return report(fail(ashlar::errors::internal, error.what()));
  } catch (const std::exception& error) {
    report(fail(ashlar::errors::internal, error.what()));
  }
  --state_->running;
  state_->wakeup.wake();
}

Task<> Webhooks::run_pruning() {
  while (true) {
    auto pruned = co_await async::caught(prune());
    report(pruned ? Result<>() : std::unexpected(std::move(pruned.error())));
    co_await async::sleep_for(pruning_interval);
  }
}

void Webhooks::report(const Result<>& worked) {
  if (!worked && !state_->failing) {
    services_.call.logger->warn("webhooks cannot be delivered", {{"error", worked.error().code().name},
                                                                 {"message", worked.error().message()},
                                                                 {"cause", worked.error().cause()}});
  }
  state_->failing = !worked;
}

Task<Result<std::int64_t>> Webhooks::prune() {
  constexpr std::int64_t rows_per_unit = 1'000;
  api::SystemCall call(services_.call, "webhooks");
  std::int64_t removed = 0;
  while (true) {
    const std::int64_t batch =
        co_await unwrap(services_.units.run(call, &WebhookRepository::remove_ended_deliveries,
                                            services_.call.clock->now() - options_.deliveries_kept, rows_per_unit));
    removed += batch;
    if (batch < rows_per_unit) co_return removed;
  }
}

std::vector<std::size_t> Webhooks::useless(const std::vector<std::string>& patterns) const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const bool any = std::ranges::any_of(event_types_, [&](const auto& type) { return selects({patterns[i]}, type); });
    if (!any) out.push_back(i);
  }
  return out;
}

void Webhooks::add_metrics(observe::MetricSources& sources) const {
  using enum observe::MetricType;
  const auto add = [&](const char* name, observe::MetricType type, const char* help, std::function<double()> value) {
    sources.add({.name = name, .type = type, .help = help, .value = std::move(value)});
  };
  add("ashlar_webhooks_delivered_total", counter, "Webhooks that were answered with 2xx.",
      [this] { return static_cast<double>(delivered_); });
  add("ashlar_webhook_attempts_failed_total", counter, "Attempts to deliver a webhook that failed.",
      [this] { return static_cast<double>(attempts_failed_); });
  add("ashlar_webhooks_deferred_total", counter, "Attempts that waited for an endpoint that fails or is busy.",
      [this] { return static_cast<double>(deferred_); });
  add("ashlar_webhook_breakers_open", gauge, "Endpoints that get no requests for now, since they failed.",
      [this] { return static_cast<double>(gates_.open_breakers()); });
}

}  // namespace ashlar::backend
