// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/overload.hpp"

#include "ashlar/log/logger.hpp"

#include <algorithm>

namespace ashlar::api {

namespace {

using observe::MetricsText;
using observe::MetricType;

constexpr std::chrono::seconds log_interval{10};
constexpr std::string_view in_flight = "requests in flight";

// Whether the interval has passed. Of several concurrent threads, one gets true.
bool is_due(std::atomic<Clock::Steady>& due, Clock::Steady now, std::chrono::nanoseconds interval) {
  Clock::Steady seen = due.load(std::memory_order_relaxed);
  return now >= seen && due.compare_exchange_strong(seen, now + interval, std::memory_order_relaxed);
}

}  // namespace

Overload::Overload(OverloadOptions options, const CallMetrics& calls, log::Logger& logger)
    : options_(std::move(options)), calls_(calls), logger_(logger) {}

std::optional<Error> Overload::refusal(Clock::Steady now) {
  if (options_.requests_in_flight_max != 0 && calls_.in_flight_over(options_.requests_in_flight_max))
    return refuse(in_flight, now);
  if (options_.queues.empty()) return std::nullopt;
  if (is_due(look_again_, now, options_.look_interval)) look();
  if (const WatchedQueue* full = full_.load(std::memory_order_relaxed)) return refuse(full->name, now);
  return std::nullopt;
}

void Overload::look() {
  const auto full =
      std::ranges::find_if(options_.queues, [](const auto& queue) { return queue.waiting() > queue.waiting_max; });
  full_.store(full == options_.queues.end() ? nullptr : &*full, std::memory_order_relaxed);
}

Error Overload::refuse(std::string_view because, Clock::Steady now) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  if (is_due(log_again_, now, log_interval))
    logger_.warn("overloaded: new requests are refused",
                 {{"because", because}, {"refused", refused_.load(std::memory_order_relaxed)}});
  return Error(ashlar::errors::overloaded, "The server is overloaded. Try again shortly.")
      .with_retry_after(options_.retry_after);
}

std::optional<Error> HeavyLane::try_enter() {
  const std::size_t before = in_flight_.fetch_add(1, std::memory_order_relaxed);
  if (in_flight_max_ == 0 || before < in_flight_max_) return std::nullopt;
  leave();
  refused_.fetch_add(1, std::memory_order_relaxed);
  return Error(ashlar::errors::overloaded, "Too many expensive requests are running. Try again shortly.")
      .with_retry_after(retry_after_);
}

void HeavyLane::append_to(observe::MetricsText& text) const {
  text.single("ashlar_heavy_calls_in_flight", MetricType::gauge, "Heavy calls that are running.",
              static_cast<double>(in_flight_.load(std::memory_order_relaxed)));
  text.single("ashlar_heavy_calls_refused_total", MetricType::counter,
              "Heavy calls refused because too many were running.",
              static_cast<double>(refused_.load(std::memory_order_relaxed)));
}

void Overload::append_to(observe::MetricsText& text) const {
  text.single("http_requests_refused_overload_total", MetricType::counter, "Requests refused because of overload.",
              static_cast<double>(refused_.load(std::memory_order_relaxed)));
  if (options_.queues.empty()) return;
  text.head("ashlar_queue_waiting", MetricType::gauge, "Entries in a queue that determines overload.");
  for (const WatchedQueue& queue : options_.queues)
    text.sample("ashlar_queue_waiting", MetricsText::label("queue", queue.name), std::uint64_t{queue.waiting()});
  text.head("ashlar_queue_waiting_max", MetricType::gauge, "Entries above which new requests are refused.");
  for (const WatchedQueue& queue : options_.queues)
    text.sample("ashlar_queue_waiting_max", MetricsText::label("queue", queue.name), std::uint64_t{queue.waiting_max});
}

}  // namespace ashlar::api
