// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/events/event.hpp"

#include <string>
#include <utility>

namespace ashlar::events {

// What publish() sends to the unit's listener after the commit (api::CommitListener). Its sequence is 0.
struct Published {
  Event event;
};

// Stores the event in the outbox when the unit commits, in the one statement that writes everything collected. Nothing
// is stored or sent when the unit rolls back. `key` is the resource's id.
//
// Events of one key are delivered in the order of its changes if each unit that publishes for the key holds a lock that
// conflicts with the others' at its commit: it updated, inserted, deleted or locked the resource's row.
//
// In a unit of one statement (Units::run_one) it is called before that statement.
void publish(api::UnitOfWork& unit, std::string_view type, std::string key, JsonObject data);

template <class T>
void publish(api::UnitOfWork& unit, const EventType<T>& type, std::string key, const std::type_identity_t<T>& data) {
  publish(unit, type.name(), std::move(key), JsonObject::of(data));
}

}  // namespace ashlar::events
