// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/bus.hpp"

#include "ashlar/events/publish.hpp"
#include "ashlar/log/logger.hpp"

#include <exception>

namespace ashlar::events {

api::CommitListener Bus::listener() {
  return [this](std::any message) { return receive(std::move(message)); };
}

Task<> Bus::receive(std::any message) {
  const auto* published = std::any_cast<Published>(&message);
  if (published == nullptr) co_return;
  for (const auto& wake : wakes_) wake();
  for (const Registered& handler : handlers_) {
    if (!handler.type.empty() && handler.type != published->event.type) continue;
    try {
      co_await handler.call(published->event);
    } catch (const std::exception& error) {
      logger_.error("a handler of an event failed", {{"event", published->event.type}, {"cause", error.what()}});
    }
  }
}

}  // namespace ashlar::events
