// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/publish.hpp"

#include "ashlar/events/event_row.hpp"

namespace ashlar::events {

namespace {

Nullable<Actor> actor_of(const api::Call& call) {
  const auth::Principal* principal = call.authenticated();
  if (principal == nullptr) return {};
  if (principal->api_key) return Actor{.id = principal->api_key->id, .kind = "api_key"};
  return Actor{.id = principal->id, .kind = "user"};
}

}  // namespace

Event Event::example() {
  return {.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5ae0").value_or(Uuid{}),
          .sequence = 1'204,
          .type = "order.created",
          .at = Timestamp::parse("2026-11-21T08:30:00.125Z").value_or(Timestamp{}),
          .key = "019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a90",
          .actor = Actor{.id = Uuid::parse("019a5b1c-7c00-7d1e-8a55-3f1d2c4b5a10").value_or(Uuid{}), .kind = "user"},
          .data = {}};
}

void publish(api::UnitOfWork& unit, std::string_view type, std::string key, JsonObject data) {
  const api::Call& call = unit.call();
  Event event{.id = call.new_id(),
              .type = std::string(type),
              .at = call.now(),
              .key = std::move(key),
              .actor = actor_of(call),
              .data = std::move(data)};
  NewEventRow row{.id = event.id,
                  .type = event.type,
                  .key = event.key,
                  .actor_id = {},
                  .actor_kind = {},
                  .at = event.at,
                  .data = event.data};
  if (event.actor) {
    row.actor_id = event.actor->id;
    row.actor_kind = event.actor->kind;
  }
  unit.insert_part_at_commit<EventRow>(row);
  unit.send_after_commit(Published{.event = std::move(event)});
}

}  // namespace ashlar::events
