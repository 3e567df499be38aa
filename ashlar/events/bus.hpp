// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/events/event.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace ashlar::log {
class Logger;
}

namespace ashlar::events {

// Receives the events of this process after their commit, calls the handlers that were registered for them, and wakes
// the consumers (consumer.hpp).
//
//   events::Bus bus(logger);
//   bus.on(product_updated, [&cache](events::Event, Product product) { return cache.forget(product.id); });
//   api::Units units(database, {.listener = bus.listener()});
//
// A handler is for effects of this process that may be lost: it is not called when the process ends between the commit
// and the call, and sees no event of another instance. What must happen is a consumer or a job. The request waits for
// its handlers, which need time limits of their own. The event's sequence is 0: it is not read back.
//
// Handlers and wakes are registered before the first commit; afterwards it is safe from every loop. It outlives the
// units.
class Bus {
 public:
  explicit Bus(log::Logger& logger) : logger_(logger) {}
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  using Handler = std::function<Task<>(Event event)>;
  // A coroutine that is a lambda captures nothing. What a handler throws is logged.
  void on_any(Handler handler) { handlers_.push_back({.type = {}, .call = std::move(handler)}); }
  template <class T>
  void on(const EventType<T>& type, std::function<Task<>(Event event, T data)> handler) {
    handlers_.push_back({.type = std::string(type.name()),
                         .call = [call = std::move(handler)](Event event) { return call_typed<T>(&call, event); }});
  }

  // Called after each commit that published events, on the loop of its unit: it must not block.
  void wake_after_publish(std::function<void()> wake) { wakes_.push_back(std::move(wake)); }

  [[nodiscard]] api::CommitListener listener();

 private:
  struct Registered {
    std::string type;  // empty: all
    Handler call;
  };
  // `call` belongs to the bus, which outlives the task.
  template <class T>
  static Task<> call_typed(const std::function<Task<>(Event, T)>* call, Event event) {
    auto data = event.data.as<T>();
    if (!data) throw std::logic_error("an event was published with other data than its type's: " + event.type);
    co_await (*call)(std::move(event), std::move(*data));
  }
  Task<> receive(std::any message);

  log::Logger& logger_;
  std::vector<Registered> handlers_;
  std::vector<std::function<void()>> wakes_;
};

}  // namespace ashlar::events
