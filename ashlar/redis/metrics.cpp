// SPDX-License-Identifier: Apache-2.0
#include "ashlar/redis/metrics.hpp"

#include "ashlar/redis/clients.hpp"

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace ashlar::redis {

void add_metrics(observe::MetricSources& sources, const Clients& clients) {
  const auto add = [&](const char* name, observe::MetricType type, const char* help, auto value,
                       std::vector<std::pair<std::string, std::string>> labels = {}) {
    sources.add({.name = name, .type = type, .help = help, .labels = std::move(labels), .value = [&clients, value] {
                   return static_cast<double>(value(clients.figures()));
                 }});
  };
  using Figures = ClientFigures;
  using enum observe::MetricType;
  add("ashlar_redis_commands_total", counter, "Commands to Redis, including failed ones.",
      std::mem_fn(&Figures::commands));
  const auto add_error = [&](const char* error, std::uint64_t Figures::* figure) {
    add("ashlar_redis_command_errors_total", counter, "Commands to Redis that failed.", std::mem_fn(figure),
        {{"error", error}});
  };
  add_error("unavailable", &Figures::unavailable);
  add_error("timed_out", &Figures::timed_out);
  add_error("refused", &Figures::refused);
  add("ashlar_redis_command_seconds_total", counter, "Total time of waiting for replies from Redis.",
      [](const Figures& of) { return std::chrono::duration<double>(of.waited).count(); });
  add("ashlar_redis_connections_lost_total", counter, "Connections to Redis that were lost or closed.",
      std::mem_fn(&Figures::connections_lost));
  add("ashlar_redis_connections", gauge, "Connections to Redis for commands: one per loop.",
      std::mem_fn(&Figures::connected));
  add("ashlar_redis_breakers_open", gauge, "Loops that send no commands to Redis because it is unreachable.",
      std::mem_fn(&Figures::breaker_open));
}

}  // namespace ashlar::redis
