// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/clients.hpp"

#include "ashlar/async/task_scope.hpp"
#include "ashlar/redis/detail/link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cassert>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace ashlar::redis {
namespace asio = boost::asio;

namespace {

// The state of one loop.
struct OnLoop {
  OnLoop(asio::io_context& its_loop, const ClientOptions& options)
      : loop(its_loop), client(its_loop, options), tasks(its_loop) {
    tasks.start(client.run());
  }
  asio::io_context& loop;
  Client client;
  async::TaskScope tasks;
};

ClientOptions checked(ClientOptions options) {
  if (auto known = check_url(options.url); !known) throw std::invalid_argument(known.error().message());
  return options;
}

}  // namespace

struct Clients::State {
  explicit State(ClientOptions given) : options(checked(std::move(given))) {}

  [[nodiscard]] Client* client_of(const asio::io_context& loop) const {
    for (const auto& each : loops) {
      if (&each->loop == &loop) return &each->client;
    }
    return nullptr;
  }

  void start_subscriber() {
    if (channels.empty()) return;
    std::vector<std::string> names;
    for (const auto& [name, handlers] : channels) names.push_back(name);
    OnLoop& first = *loops.front();
    subscriber.emplace(first.loop, options, std::move(names),
                       Subscriber::Handlers{.on_message =
                                                [this](std::string_view channel, std::string_view message) {
                                                  const auto found = channels.find(channel);
                                                  if (found != channels.end())
                                                    found->second.on_message(channel, message);
                                                },
                                            .on_subscribed =
                                                [this] {
                                                  for (const auto& [name, handlers] : channels) {
                                                    if (handlers.on_subscribed) handlers.on_subscribed();
                                                  }
                                                },
                                            .on_lost =
                                                [this] {
                                                  for (const auto& [name, handlers] : channels) {
                                                    if (handlers.on_lost) handlers.on_lost();
                                                  }
                                                }});
    first.tasks.start(subscriber->run());
  }

  const ClientOptions options;
  std::map<std::string, Subscriber::Handlers, std::less<>> channels;
  std::vector<std::function<Task<>()>> background;
  std::vector<std::unique_ptr<OnLoop>> loops;  // as passed to start(); unchanged while they run
  std::optional<Subscriber> subscriber;
};

Clients::Clients(ClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Clients::~Clients() {
  assert(state_->loops.empty() && "Clients that were started are closed before they are destroyed");
}

void Clients::subscribe(std::string channel, Subscriber::Handlers handlers) {
  assert(state_->loops.empty() && "subscriptions are made before start()");
  [[maybe_unused]] const bool added = state_->channels.emplace(std::move(channel), std::move(handlers)).second;
  assert(added && "a channel has one subscription");
}

void Clients::run_in_background(std::function<Task<>()> task) {
  assert(state_->loops.empty() && "background tasks are added before start()");
  state_->background.push_back(std::move(task));
}

void Clients::start(const std::vector<asio::io_context*>& loops) {
  assert(state_->loops.empty() && !loops.empty());
  for (asio::io_context* loop : loops) state_->loops.push_back(std::make_unique<OnLoop>(*loop, state_->options));
  state_->start_subscriber();
  for (const auto& task : state_->background) state_->loops.front()->tasks.start(task());
}

void Clients::close() {
  for (const auto& each : state_->loops) {
    each->tasks.cancel();
    async::run_to_end(each->loop, each->tasks.join());
  }
  state_->subscriber.reset();
  state_->loops.clear();
}

Task<Result<Reply>> Clients::command(std::vector<std::string> words) {
  const LoopExecutor executor = co_await asio::this_coro::executor;
  Client* const client = state_->client_of(executor.context());
  if (client == nullptr) co_return std::unexpected(detail::unavailable("no client on this loop"));
  co_return co_await client->command(std::move(words));
}

ClientFigures Clients::figures() const {
  ClientFigures sum;
  for (const auto& each : state_->loops) {
    const ClientFigures one = each->client.figures();
    sum.commands += one.commands;
    sum.unavailable += one.unavailable;
    sum.timed_out += one.timed_out;
    sum.refused += one.refused;
    sum.waited += one.waited;
    sum.connections_lost += one.connections_lost;
    sum.connected += one.connected;
    sum.breaker_open += one.breaker_open;
  }
  return sum;
}

const ClientOptions& Clients::options() const { return state_->options; }

}  // namespace ashlar::redis
