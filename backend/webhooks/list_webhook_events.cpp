// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/list_webhook_events.hpp"

#include "ashlar/events/internal_event.hpp"

#include <utility>

namespace ashlar::backend {

Task<Result<api::Page<events::Event>>> list_webhook_events(api::Call&, ListWebhookEvents in, events::Outbox& outbox) {
  const std::int64_t after = in.after.value().value();
  auto found = co_await unwrap(outbox.list_after(after, in.limit.value().value()));
  const std::int64_t next = found.empty() ? after : found.back().sequence;
  std::erase_if(found, [](const events::Event& event) { return events::is_internal(event.type); });
  co_return api::Page<events::Event>{.items = std::move(found),
                                     .limit = in.limit.value().value(),
                                     .cursors = api::PageCursors{.next = std::to_string(next)}};
}

}  // namespace ashlar::backend
