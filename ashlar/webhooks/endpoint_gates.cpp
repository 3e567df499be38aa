// SPDX-License-Identifier: Apache-2.0
#include "ashlar/webhooks/endpoint_gates.hpp"

#include <algorithm>
#include <cassert>

namespace ashlar::webhooks {

std::optional<std::chrono::milliseconds> EndpointGates::try_enter(const Uuid& endpoint) {
  const std::lock_guard lock(mutex_);
  if (gates_.size() >= options_.endpoints_max) drop_idle();
  Gate& gate = gates_[endpoint];
  if (const auto delay = delay_of(gate)) return delay;
  gate.is_probing = gate.failures >= options_.failures_max;
  ++gate.in_flight;
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> EndpointGates::delay_of(const Gate& gate) const {
  const auto now = clock_.steady();
  const bool is_open = gate.failures >= options_.failures_max;
  if (is_open && now < gate.open_until) return std::chrono::ceil<std::chrono::milliseconds>(gate.open_until - now);
  if (gate.in_flight >= options_.in_flight_max || (is_open && gate.is_probing)) return options_.full_delay;
  return std::nullopt;
}

std::vector<Uuid> EndpointGates::busy() const {
  const std::lock_guard lock(mutex_);
  std::vector<Uuid> out;
  for (const auto& [endpoint, gate] : gates_) {
    if (delay_of(gate)) out.push_back(endpoint);
  }
  return out;
}

void EndpointGates::leave(const Uuid& endpoint, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = gates_.find(endpoint);
  assert(found != gates_.end() && found->second.in_flight > 0 && "leave() follows try_enter()");
  Gate& gate = found->second;
  --gate.in_flight;
  gate.is_probing = false;
  if (outcome == Outcome::succeeded) {
    gate.failures = 0;
    if (gate.in_flight == 0) gates_.erase(found);
  } else if (outcome == Outcome::failed) {
    gate.failures = std::min(gate.failures + 1, 1'000);
    if (gate.failures < options_.failures_max) return;
    const int doublings = std::min(gate.failures - options_.failures_max, 16);
    gate.open_until = clock_.steady() + std::min(options_.open_time_min * (1 << doublings), options_.open_time_max);
  }
}

std::size_t EndpointGates::open_breakers() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count_if(
      gates_, [this](const auto& each) { return each.second.failures >= options_.failures_max; }));
}

void EndpointGates::drop_idle() {
  std::erase_if(gates_, [this](const auto& each) {
    return each.second.in_flight == 0 && each.second.open_until <= clock_.steady();
  });
}

}  // namespace ashlar::webhooks
