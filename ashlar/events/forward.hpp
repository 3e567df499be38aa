// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/carrier.hpp"
#include "ashlar/events/consumer.hpp"

namespace ashlar::events {

// The handler of a consumer that sends each batch to the carrier, and stores its position afterwards. The carrier
// outlives the consumer.
[[nodiscard]] inline Consumer::Handler forward_to(Carrier& carrier) {
  return [&carrier](api::UnitOfWork&, std::vector<Event> events) { return carrier.send(std::move(events)); };
}

}  // namespace ashlar::events
