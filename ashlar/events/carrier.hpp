// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/events/event.hpp"

#include <string_view>
#include <vector>

namespace ashlar::events {

namespace errors {
inline constexpr ErrorCode carrier_unavailable{ErrorKind::unavailable, "events.carrier_unavailable"};
inline constexpr ErrorCode carrier_refused{ErrorKind::internal, "events.carrier_refused"};
}  // namespace errors

// A broker that other programs read events from. A consumer (consumer.hpp) forwards the outbox to it:
//
//   events::Consumer consumer(services, {.name = "carrier.redis"}, events::forward_to(carrier));
//
// At least once, and events of one key in order: a batch that failed is sent again from its beginning, so a reader sees
// an event twice, or a run of events again from an earlier one. Readers recognise a repetition by the event's id.
class Carrier {
 public:
  Carrier() = default;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;
  virtual ~Carrier() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // "redis"

  // Returns without an error when the broker has acknowledged all of them, in this order. After an error some of the
  // first may be stored, and none without those before it. Errors: events.carrier_unavailable (the broker is
  // unreachable or slow), events.carrier_refused (its answer is the cause).
  virtual Task<Result<>> send(std::vector<Event> events) = 0;
};

}  // namespace ashlar::events
