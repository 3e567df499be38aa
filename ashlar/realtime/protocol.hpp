// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/realtime/position.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/schema/json_object.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// On the wire the text of Position::to_string().
template <>
struct ashlar::schema::Describe<ashlar::realtime::Position> {
  static Type type();
};

// The messages of the subprotocol ashlar.v1, each a JSON object in a text message, without I/O. A described struct for
// each, whose tag is the member `type`: {"type": "subscribe", "id": "1", "channel": "orders"}. Safe from any thread.
//
// A request has an id that the client chooses, and its answer (subscribed, published, result, pong or error) has the
// same. Answers may come in another order. An unsubscribe has no answer. A message that is refused does not close the
// socket.
namespace ashlar::realtime::protocol {

inline constexpr std::string_view subprotocol = "ashlar.v1";

using RequestId = Line<1, 64>;
using ChannelName = Line<1, 200>;

// Of clients.

struct Subscribe {
  static constexpr std::string_view tag = "subscribe";
  RequestId id;
  ChannelName channel;
  std::optional<Position> after;  // the position of the last event that the client has
};
ASHLAR_DESCRIBE(Subscribe, id, channel, after)

struct Unsubscribe {
  static constexpr std::string_view tag = "unsubscribe";
  RequestId id;
  ChannelName channel;
};
ASHLAR_DESCRIBE(Unsubscribe, id, channel)

struct Publish {
  static constexpr std::string_view tag = "publish";
  RequestId id;
  ChannelName channel;
  JsonObject payload;
};
ASHLAR_DESCRIBE(Publish, id, channel, payload)

struct CallOperation {
  static constexpr std::string_view tag = "call";
  RequestId id;
  Line<1, 100> operation;
  JsonObject input;
  std::optional<Line<1, 255>> idempotency_key;  // so that a call whose answer was lost can be sent again
};
ASHLAR_DESCRIBE(CallOperation, id, operation, input, idempotency_key)

struct Ping {
  static constexpr std::string_view tag = "ping";
  std::optional<RequestId> id;
};
ASHLAR_DESCRIBE(Ping, id)

using ClientMessage = OneOf<"type", Subscribe, Unsubscribe, Publish, CallOperation, Ping>;

// Of the server.

struct Subscribed {
  static constexpr std::string_view tag = "subscribed";
  std::string id;
  std::string channel;
  Position position;  // each event moves it
  bool recovered = true;
};
ASHLAR_DESCRIBE(Subscribed, id, channel, position, recovered)

struct Event {
  static constexpr std::string_view tag = "event";
  std::string channel;
  Position position;
  std::string event;  // its type: "order.paid"
  JsonObject data;
  Timestamp at;
};
ASHLAR_DESCRIBE(Event, channel, position, event, data, at)

struct PublishedAt {
  static constexpr std::string_view tag = "published";
  std::string id;
  std::string channel;
  Position position;
};
ASHLAR_DESCRIBE(PublishedAt, id, channel, position)

struct CallResult {
  static constexpr std::string_view tag = "result";
  std::string id;
  JsonObject data;
};
ASHLAR_DESCRIBE(CallResult, id, data)

struct Pong {
  static constexpr std::string_view tag = "pong";
  std::optional<std::string> id;
};
ASHLAR_DESCRIBE(Pong, id)

enum class PresenceOf : std::uint8_t { present, joined, left };
ASHLAR_DESCRIBE_ENUM(PresenceOf, present, joined, left)

struct PresentMember {
  std::string key;
  JsonObject info;
};
ASHLAR_DESCRIBE(PresentMember, key, info)

// present: all members, after a subscription; joined and left: who has changed.
struct Presence {
  static constexpr std::string_view tag = "presence";
  std::string channel;
  PresenceOf change = PresenceOf::present;
  std::vector<PresentMember> members;
};
ASHLAR_DESCRIBE(Presence, channel, change, members)

struct Failure {
  static constexpr std::string_view tag = "error";
  std::optional<std::string> id = {};  // of the request that failed, where it is known
  std::string code = {};               // docs/errors.md
  std::string message = {};
  std::optional<std::string> channel = {};  // whose subscription has ended
};
ASHLAR_DESCRIBE(Failure, id, code, message, channel)

using ServerMessage = OneOf<"type", Subscribed, Event, PublishedAt, CallResult, Pong, Presence, Failure>;

// A client's message, or the answer to one that is refused: request.malformed_json, or request.invalid with the path of
// the first fault in its message ("/after: is not a position"). It has the message's id if that can be read.
[[nodiscard]] std::expected<ClientMessage, Failure> read(std::string_view text);
// The same for what an operation or a guard refuses. Names no internals, as Error::message().
[[nodiscard]] Failure failure(std::optional<std::string> id, const Error& error);

[[nodiscard]] std::string write(const ServerMessage& message);

}  // namespace ashlar::realtime::protocol
