// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/detail/call_metrics.hpp"

#include "ashlar/observe/sharded_counter.hpp"

#include <array>
#include <atomic>
#include <span>

namespace ashlar::api {

namespace {

using observe::Counter;
using observe::MetricsText;
using observe::shards_max;

constexpr std::array<std::string_view, 14> outcomes = {
    "ok",        "malformed",         "unauthenticated", "forbidden",         "not_found", "not_allowed", "conflict",
    "too_large", "unsupported_media", "invalid",         "too_many_requests", "internal",  "unavailable", "timed_out"};

constexpr std::size_t index_of(std::optional<ErrorKind> error) {
  return error ? static_cast<std::size_t>(*error) + 1 : 0;
}
static_assert(index_of(ErrorKind::timed_out) == outcomes.size() - 1);

using Cells = std::array<Counter, outcomes.size()>;

}  // namespace

std::string_view outcome_name(std::optional<ErrorKind> error) { return outcomes[index_of(error)]; }

struct alignas(64) CallMetrics::Shard {
  ~Shard() { delete[] endpoints.load(); }

  Counter began;
  Counter ended;
  std::atomic<Cells*> endpoints = nullptr;  // made when the thread counts its first call

  Cells& of(std::size_t endpoint, std::size_t count) {
    Cells* cells = endpoints.load(std::memory_order_acquire);
    if (cells == nullptr) {
      auto made = std::make_unique<Cells[]>(count);
      if (endpoints.compare_exchange_strong(cells, made.get(), std::memory_order_acq_rel)) cells = made.release();
    }
    return cells[endpoint];
  }
};

CallMetrics::CallMetrics(std::vector<std::string> endpoint_names)
    : names_(std::move(endpoint_names)), shards_(std::make_unique<Shard[]>(shards_max)) {}
CallMetrics::~CallMetrics() = default;

void CallMetrics::began() { shards_[observe::shard_of_thread()].began.add(1); }
void CallMetrics::ended() { shards_[observe::shard_of_thread()].ended.add(1); }

void CallMetrics::count(std::size_t endpoint, std::optional<ErrorKind> error) {
  shards_[observe::shard_of_thread()].of(endpoint, names_.size())[index_of(error)].add(1);
}

std::int64_t CallMetrics::in_flight() const {
  std::uint64_t out = 0;
  for (const Shard& shard : std::span(shards_.get(), shards_max)) out += shard.began.get() - shard.ended.get();
  return static_cast<std::int64_t>(out);
}

bool CallMetrics::in_flight_over(std::size_t max) const {
  const Shard& shard = shards_[observe::shard_of_thread()];
  const auto own = static_cast<std::int64_t>(shard.began.get() - shard.ended.get());
  if (own <= static_cast<std::int64_t>(max / shards_max)) return false;
  return in_flight() > static_cast<std::int64_t>(max);
}

std::uint64_t CallMetrics::calls_of(std::size_t endpoint, std::optional<ErrorKind> error) const {
  std::uint64_t out = 0;
  for (const Shard& shard : std::span(shards_.get(), shards_max)) {
    if (const Cells* cells = shard.endpoints.load(std::memory_order_acquire); cells != nullptr)
      out += cells[endpoint][index_of(error)].get();
  }
  return out;
}

void CallMetrics::append_to(MetricsText& text) const {
  text.head("ashlar_calls_total", observe::MetricType::counter, "Calls by operation and outcome, over all transports.");
  for (std::size_t endpoint = 0; endpoint < names_.size(); ++endpoint) {
    const std::string operation = MetricsText::label("operation", names_[endpoint]);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const auto error = i == 0 ? std::nullopt : std::optional(static_cast<ErrorKind>(i - 1));
      if (const auto calls = calls_of(endpoint, error); calls > 0)
        text.sample("ashlar_calls_total", operation + ',' + MetricsText::label("outcome", outcomes[i]), calls);
    }
  }
}

}  // namespace ashlar::api
