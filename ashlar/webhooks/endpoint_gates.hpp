// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/core/uuid.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ashlar::webhooks {

struct GateOptions {
  std::size_t in_flight_max = 8;                   // requests to one endpoint at the same time, of this process
  int failures_max = 5;                            // in a row; then the breaker opens
  std::chrono::milliseconds open_time_min{5'000};  // doubles with each failure while it is open
  std::chrono::milliseconds open_time_max{300'000};
  std::chrono::milliseconds full_delay{500};  // of a delivery that finds in_flight_max
  std::size_t endpoints_max = 100'000;        // with state; beyond it the state of an idle one is dropped
};

// A circuit breaker and a bound on concurrent requests for each endpoint, so that one that hangs does not hold up the
// deliveries to others. While the breaker is open no request is made; when its time is over, one is let through, and
// its outcome closes the breaker or opens it for longer.
//
// Its state is of this process: other instances learn of a failing endpoint by their own failures. Safe from any
// thread.
class EndpointGates {
 public:
  EndpointGates(const Clock& clock, GateOptions options) : clock_(clock), options_(options) {}
  EndpointGates(const EndpointGates&) = delete;
  EndpointGates& operator=(const EndpointGates&) = delete;

  // nullopt: proceed, and call leave() afterwards. Otherwise the delay before the next try.
  [[nodiscard]] std::optional<std::chrono::milliseconds> try_enter(const Uuid& endpoint);
  enum class Outcome : unsigned char { succeeded, failed, undecided };  // undecided: neither counts (cancelled)
  void leave(const Uuid& endpoint, Outcome outcome);

  // The endpoints for which try_enter() would return a delay now.
  [[nodiscard]] std::vector<Uuid> busy() const;
  [[nodiscard]] std::size_t open_breakers() const;

 private:
  struct Gate {
    std::size_t in_flight = 0;
    int failures = 0;
    Clock::Steady open_until{};
    bool is_probing = false;
  };
  [[nodiscard]] std::optional<std::chrono::milliseconds> delay_of(const Gate& gate) const;
  void drop_idle();

  const Clock& clock_;
  const GateOptions options_;
  mutable std::mutex mutex_;
  std::unordered_map<Uuid, Gate> gates_;
};

}  // namespace ashlar::webhooks
