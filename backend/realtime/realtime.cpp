// SPDX-License-Identifier: Apache-2.0
#include "backend/realtime/realtime.hpp"

#include "ashlar/async/task_scope.hpp"
#include "backend/realtime/create_realtime_ticket.hpp"
#include "backend/realtime/realtime_channels.hpp"
#include "backend/realtime/realtime_repository.hpp"

#include <stdexcept>
#include <utility>

namespace ashlar::backend {

namespace {

template <class T>
T value_of(Result<T> result) {
  if (!result)
    throw std::runtime_error("realtime cannot start: " + result.error().message() + " " + result.error().cause());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

realtime::ServerOptions realtime_options(const RealtimeSettings& settings) {
  realtime::ServerOptions out{.channels_per_client_max = settings.channels_per_client_max,
                              .clients_per_account_max = settings.clients_per_account_max,
                              .stream_queue_bytes_max = settings.queue_bytes_max,
                              .reconnect_spread = settings.reconnect_spread};
  out.socket.message.message_bytes_max = settings.message_bytes_max;
  out.socket.queue_bytes_max = settings.queue_bytes_max;
  out.hub.history_bytes_max = settings.history_bytes_max;
  return out;
}

Realtime::Realtime(realtime::ServerOptions options, Environment environment)
    : environment_(environment),
      server_(std::move(options),
              {.clock = *environment.call.clock,
               .random = *environment.call.random,
               .channels = channels_,
               .revocations = &environment.revocations,
               .redeem_ticket =
                   [database = &environment.units.database(), clock = environment.call.clock](std::string ticket) {
                     return redeem_realtime_ticket(std::move(ticket), *database, *clock);
                   }}),
      feed_(environment.outbox, *environment.call.logger, &realtime_topics),
      operator_feed_({.database = environment.units.database(),
                      .jobs = environment.jobs,
                      .clock = *environment.call.clock,
                      .logger = *environment.call.logger}) {
  add_realtime_channels(channels_, environment_.units.database());
}

Task<Result<realtime::FeedStart>> Realtime::find_start() {
  const std::uint64_t epoch = co_await unwrap(RealtimeRepository(environment_.units.database()).epoch());
  const std::uint64_t offset = co_await unwrap(feed_.find_start());
  co_return realtime::FeedStart{.epoch = epoch, .offset = offset};
}

void Realtime::start(const std::vector<boost::asio::io_context*>& loops) {
  boost::asio::io_context& first_loop = *loops.front();
  server_.start(loops, value_of(async::run_to_end(first_loop, find_start())));
  value_of(async::run_to_end(first_loop, feed_.catch_up(*server_.hub())));
  feed_.start(first_loop, *server_.hub());
  operator_feed_.start(first_loop, *server_.hub());
}

void Realtime::close() {
  operator_feed_.close();
  feed_.close();
  server_.close();
}

void Realtime::add_metrics(observe::MetricSources& sources) const {
  using enum observe::MetricType;
  sources.add({.name = "ashlar_realtime_clients",
               .type = gauge,
               .help = "WebSockets and event streams that are open.",
               .value = [this] { return static_cast<double>(server_.statistics().clients); }});
  sources.add(
      {.name = "ashlar_realtime_subscriptions", .type = gauge, .help = "Channels that they follow.", .value = [this] {
         return static_cast<double>(server_.statistics().hub.subscriptions);
       }});
  sources.add({.name = "ashlar_realtime_history_bytes",
               .type = gauge,
               .help = "Events that are kept for clients that resume.",
               .value = [this] { return static_cast<double>(server_.statistics().hub.history_bytes); }});
}

}  // namespace ashlar::backend
