// SPDX-License-Identifier: Apache-2.0
#include "backend/events/event_services.hpp"

#include "ashlar/async/caught.hpp"
#include "ashlar/async/deadline.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/events/forward.hpp"
#include "ashlar/sql/postgres/subscriber.hpp"

#include <boost/asio/io_context.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace ashlar::backend {

namespace {

constexpr std::chrono::seconds maintenance_interval{30};

}  // namespace

struct EventServices::State {
  struct OnLoop {
    explicit OnLoop(boost::asio::io_context& its_loop) : loop(its_loop), tasks(its_loop) {}
    boost::asio::io_context& loop;
    async::TaskScope tasks;
    std::optional<sql::postgres::Subscriber> subscriber;  // without Redis, on PostgreSQL
  };
  std::vector<std::unique_ptr<events::Carrier>> carriers;
  std::optional<events::Doorbell> doorbell;  // absent: there is one instance
  std::string channel;
  std::unique_ptr<OnLoop> on_loop;  // null: not started, or closed
  bool failing = false;

  mutable std::mutex mutex;  // of what the gauges show
  std::map<std::string, events::ConsumerState> states;
};

EventServices::EventServices(EventOptions options, Environment environment)
    : options_(std::move(options)),
      environment_(std::move(environment)),
      outbox_(environment_.units.database()),
      state_(std::make_unique<State>()) {
  if (environment_.redis != nullptr) {
    state_->channel = environment_.key_prefix + "events";
    state_->doorbell.emplace(events::publish_on(*environment_.redis, state_->channel));
    environment_.redis->subscribe(state_->channel,
                                  {.on_message = [this](std::string_view, std::string_view) { wake_consumers(); },
                                   .on_subscribed = [this] { wake_consumers(); }});
  } else if (!environment_.listen_url.empty()) {
    state_->channel = "ashlar_events";
    state_->doorbell.emplace(events::notify_on(environment_.units.database(), state_->channel));
  }
  if (state_->doorbell) environment_.bus.wake_after_publish([this] { state_->doorbell->ring(); });
  add_carriers();
}

EventServices::~EventServices() = default;

void EventServices::add_carriers() {
  if (options_.redis && environment_.redis != nullptr)
    state_->carriers.push_back(std::make_unique<events::RedisCarrier>(*environment_.redis, *options_.redis));
  if (options_.nats) state_->carriers.push_back(std::make_unique<events::NatsCarrier>(*options_.nats));
  for (const auto& carrier : state_->carriers)
    add({.name = "carrier." + std::string(carrier->name())}, events::forward_to(*carrier));
}

events::Consumer& EventServices::add(events::ConsumerOptions options, events::Consumer::Handler handler) {
  return *consumers_.emplace_back(std::make_unique<events::Consumer>(
      events::Consumer::Services{outbox_, environment_.units, environment_.bus, environment_.call}, std::move(options),
      std::move(handler)));
}

void EventServices::wake_consumers() {
  for (const auto& consumer : consumers_) consumer->wake();
  for (const auto& wake : also_wake_) wake();
}

void EventServices::start(boost::asio::io_context& loop) {
  state_->on_loop = std::make_unique<State::OnLoop>(loop);
  auto& on_loop = *state_->on_loop;
  if (state_->doorbell) state_->doorbell->start(loop);
  if (state_->doorbell && environment_.redis == nullptr) {
    on_loop.subscriber.emplace(
        loop, sql::postgres::SubscriberOptions{.url = environment_.listen_url, .log = environment_.call.logger},
        std::vector<std::string>{state_->channel},
        sql::postgres::Subscriber::Handlers{
            .on_message = [this](std::string_view, std::string_view) { wake_consumers(); },
            .on_subscribed = [this] { wake_consumers(); }});
    on_loop.tasks.start(on_loop.subscriber->run());
  }
  for (const auto& consumer : consumers_) consumer->start(loop);
  on_loop.tasks.start(run_maintenance());
}

void EventServices::close() {
  if (!state_->on_loop) return;
  for (const auto& consumer : consumers_) consumer->close();
  if (state_->doorbell) state_->doorbell->close();
  state_->on_loop->tasks.cancel();
  async::run_to_end(state_->on_loop->loop, state_->on_loop->tasks.join());
  state_->on_loop.reset();
}

Task<Result<>> EventServices::maintain() {
  auto states = co_await unwrap(outbox_.consumers());
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& state : states) state_->states.insert_or_assign(state.name, state);
  }
  const auto removed = co_await unwrap(outbox_.prune(options_.retention, environment_.call.clock->now()));
  if (removed > 0) environment_.call.logger->debug("old events removed", {{"count", removed}});
  co_return Result<>{};
}

Task<> EventServices::run_maintenance() {
  while (true) {
    const auto maintained = co_await async::caught(maintain());
    if (!maintained && !state_->failing)
      environment_.call.logger->warn(
          "the outbox of events cannot be maintained",
          {{"error", maintained.error().code().name}, {"cause", maintained.error().cause()}});
    state_->failing = !maintained;
    co_await async::sleep_for(maintenance_interval);
  }
}

void EventServices::add_metrics(observe::MetricSources& sources) const {
  using enum observe::MetricType;
  for (const auto& each : consumers_) {
    const events::Consumer& consumer = *each;
    const auto add = [&](const char* name, observe::MetricType type, const char* help, std::function<double()> value) {
      sources.add({.name = name,
                   .type = type,
                   .help = help,
                   .labels = {{"consumer", consumer.name()}},
                   .value = std::move(value)});
    };
    const auto state = [this, name = consumer.name()](auto value) {
      return [this, name, value] {
        const std::lock_guard lock(state_->mutex);
        const auto found = state_->states.find(name);
        return found == state_->states.end() ? 0.0 : value(found->second);
      };
    };
    add("ashlar_event_consumer_events_total", counter, "Events that this process has handled for the consumer.",
        [&consumer] { return static_cast<double>(consumer.figures().events); });
    add("ashlar_event_consumer_failures_total", counter, "Batches of events that failed in this process.",
        [&consumer] { return static_cast<double>(consumer.figures().failures); });
    add("ashlar_event_consumer_holding", gauge, "Whether this process reads for the consumer: 1, or 0.",
        [&consumer] { return consumer.figures().is_holding ? 1.0 : 0.0; });
    add("ashlar_event_consumer_waiting", gauge, "Events that wait for the consumer; looked at every 30 s.",
        state([](const events::ConsumerState& of) { return static_cast<double>(of.waiting); }));
    add("ashlar_event_consumer_oldest_waiting_seconds", gauge, "Age of the oldest event that waits for the consumer.",
        state([clock = environment_.call.clock](const events::ConsumerState& of) {
          if (!of.oldest_waiting_at) return 0.0;
          return std::chrono::duration<double>(clock->now() - *of.oldest_waiting_at).count();
        }));
  }
}

}  // namespace ashlar::backend
