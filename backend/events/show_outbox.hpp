// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/events/outbox.hpp"

namespace ashlar::backend {

// The stored events and their consumers, counted when it is asked.
struct OutboxView {
  std::int64_t oldest_sequence = 0;  // of the stored events; 0: none
  std::int64_t newest_sequence = 0;
  std::vector<events::ConsumerState> consumers;

  static OutboxView example();
};
ASHLAR_DESCRIBE(OutboxView, oldest_sequence, newest_sequence, consumers)

Task<Result<OutboxView>> show_outbox(api::Call& call, events::Outbox& outbox);

}  // namespace ashlar::backend
