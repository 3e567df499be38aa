// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/reply.hpp"
#include "ashlar/events/outbox.hpp"

#include <limits>

namespace ashlar::backend {

struct ListWebhookEvents {
  Defaulted<Int<0, std::numeric_limits<std::int64_t>::max()>, 0> after;  // a sequence
  Defaulted<Int<1, 1'000>, 100> limit;
};
ASHLAR_DESCRIBE(ListWebhookEvents, after, limit)

// The stored events after a sequence, for a receiver that catches up. `next` is the sequence to go on from; it is there
// even when nothing follows yet. An event whose sequence is smaller than `next` never appears later.
Task<Result<api::Page<events::Event>>> list_webhook_events(api::Call& call, ListWebhookEvents in,
                                                           events::Outbox& outbox);

}  // namespace ashlar::backend
