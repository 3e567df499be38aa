// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/timestamp.hpp"
#include "ashlar/core/uuid.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json_object.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// What happened, as a value that other parts of a program and other programs receive.
//
//   inline constexpr events::EventType<Order> order_created{"order.created"};      // next to the feature's types
//   events::publish(unit, order_created, order.id.to_string(), order);             // publish.hpp
namespace ashlar::events {

// The account or API key on whose behalf something was done.
struct Actor {
  Uuid id;
  std::string kind;  // "user" or "api_key"

  friend bool operator==(const Actor&, const Actor&) = default;
};
ASHLAR_DESCRIBE(Actor, id, kind)

// The envelope of every event. Its JSON is the same in webhooks, brokers and realtime messages.
struct Event {
  Uuid id;                    // the same in every delivery: consumers recognise a repetition by it
  std::int64_t sequence = 0;  // grows with the changes of one key; 0: not stored yet (see Bus)
  std::string type;           // "order.created"
  Timestamp at;
  std::string key;        // the resource's id; events of one key are delivered in the order of its changes
  Nullable<Actor> actor;  // null: the program itself, or a caller without credentials
  JsonObject data;

  static Event example();
};
ASHLAR_DESCRIBE(Event, id, sequence, type, at, key, actor, data)

// The data of an event about something that is gone.
struct Removed {
  Uuid id;
};
ASHLAR_DESCRIBE(Removed, id)

// A type of event with the type of its data. A constant: the name is a literal of lower-case words with dots.
template <schema::DescribedStruct T>
class EventType {
 public:
  using Data = T;
  consteval EventType(const char* name) : name_(name) {  // NOLINT(google-explicit-constructor): a literal is meant
    for (const char c : name_) {
      if (!(c >= 'a' && c <= 'z') && c != '.' && c != '_') throw "an event type has lower-case letters, dots and _";
    }
  }
  [[nodiscard]] constexpr std::string_view name() const { return name_; }

 private:
  std::string_view name_;
};

}  // namespace ashlar::events
