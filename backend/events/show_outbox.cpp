// SPDX-License-Identifier: Apache-2.0
#include "backend/events/show_outbox.hpp"

#include <utility>

namespace ashlar::backend {

OutboxView OutboxView::example() {
  return {.oldest_sequence = 1, .newest_sequence = 1'204, .consumers = {events::ConsumerState::example()}};
}

Task<Result<OutboxView>> show_outbox(api::Call&, events::Outbox& outbox) {
  const auto extent = co_await unwrap(outbox.extent());
  auto consumers = co_await unwrap(outbox.consumers());
  co_return OutboxView{
      .oldest_sequence = extent.oldest, .newest_sequence = extent.newest, .consumers = std::move(consumers)};
}

}  // namespace ashlar::backend
