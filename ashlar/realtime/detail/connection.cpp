// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/detail/connection.hpp"

#include <utility>

namespace ashlar::realtime::detail {

Connection::Connection(Loop& loop, std::shared_ptr<const Identity> identity, Socket& socket)
    : Peer(loop, std::move(identity)), socket_(socket) {}

Task<> Connection::run() {
  // What ended while the client was connecting.
  if (const auto refused = refusal()) end(*refused);
  if (!identity()->api_key.empty()) loop().check_account(identity()->principal->id);
  while (const auto message = co_await socket_.receive()) {
    if (const auto refused = refusal()) {
      end(*refused);
    } else if (message->kind != OutgoingMessage::Kind::text) {
      answer(protocol::failure({}, Error(ashlar::errors::malformed_json, "A message is JSON in a text message.")));
    } else if (auto read = protocol::read(message->payload); !read) {
      answer(read.error());
    } else {
      co_await take(std::move(*read));
    }
  }
}

Task<> Connection::take(protocol::ClientMessage message) {
  if (auto* subscribe = std::get_if<protocol::Subscribe>(&message)) {
    co_await act(std::move(*subscribe));
  } else if (auto* publish = std::get_if<protocol::Publish>(&message)) {
    co_await act(std::move(*publish));
  } else if (auto* call = std::get_if<protocol::CallOperation>(&message)) {
    co_await act(std::move(*call));
  } else if (const auto* unsubscribe_request = std::get_if<protocol::Unsubscribe>(&message)) {
    unsubscribe(unsubscribe_request->channel.view());
  } else if (const auto* ping = std::get_if<protocol::Ping>(&message)) {
    protocol::Pong pong;
    if (ping->id) pong.id = ping->id->str();
    answer(pong);
  }
}

Task<> Connection::act(protocol::Subscribe request) {
  const std::string id = request.id.str();
  const std::string channel = request.channel.str();
  if (request.after) co_await loop().server.wait_for_feed(*request.after);
  auto topic = co_await authorize(channel);
  if (!topic) co_return refuse(id, topic.error());
  if (!socket_.is_open()) co_return;
  const auto subscribed = subscribe(channel, *topic, request.after);
  if (!subscribed) co_return refuse(id, subscribed.error());
  answer(protocol::Subscribed{
      .id = id, .channel = channel, .position = subscribed->position, .recovered = subscribed->recovered});
  for (const auto& event : subscribed->missed) socket_.send(event->message);
  be_present(id, channel, *topic);
}

void Connection::be_present(const std::string& id, const std::string& channel, const std::string& topic) {
  const auto found = loop().server.services.channels.find(channel);
  const auto& principal = identity()->principal;
  if (!found || found->channel->presence == Channel::Presence::off || !principal) return;
  if (auto joined = subscription(channel)->join({.key = principal->id.to_string(), .info = "{}"}); !joined)
    return refuse(id, joined.error());
  protocol::Presence present{.channel = channel, .change = protocol::PresenceOf::present, .members = {}};
  for (Member& member : loop().server.hub->members(topic))
    present.members.push_back({.key = std::move(member.key), .info = JsonObject::trusted(std::move(member.info))});
  answer(present);
}

Task<> Connection::act(protocol::Publish request) {
  const std::string id = request.id.str();
  const std::string channel = request.channel.str();
  const auto found = loop().server.services.channels.find(channel);
  if (!found) co_return refuse(id, Error(errors::channel_not_found, "There is no such channel."));
  if (found->channel->publishers != Channel::Publishers::clients)
    co_return refuse(id, Error(auth::errors::forbidden, "Clients do not publish to this channel."));
  const auto topic = co_await authorize(channel);
  if (!topic) co_return refuse(id, topic.error());
  if (topic_of(channel) != *topic) co_return refuse(id, Error(errors::not_subscribed, "Subscribe before publishing."));
  const Timestamp now = loop().server.services.clock.now();
  const auto position = loop().server.hub->publish(*topic, [&](std::string_view of, const Position& at) {
    return protocol::write(protocol::Event{.channel = std::string(channel_of_topic(of)),
                                           .position = at,
                                           .event = "message",
                                           .data = request.payload,
                                           .at = now});
  });
  if (!position) co_return refuse(id, position.error());
  answer(protocol::PublishedAt{.id = id, .channel = channel, .position = *position});
}

Task<> Connection::act(protocol::CallOperation request) {
  const std::string id = request.id.str();
  const api::Api& api = *loop().server.api;
  const api::PreparedEndpoint* endpoint = api.find(request.operation.view());
  if (endpoint != nullptr && endpoint->endpoint->operation->reply().streams())
    co_return refuse(id, Error(api::errors::operation_not_found, "This operation streams its reply."));
  const auto identity_of_call = identity();
  api::Caller caller{.principal = identity_of_call->principal,
                     .transport = transport_name,
                     .address = identity_of_call->address,
                     .agent = identity_of_call->agent};
  if (request.idempotency_key) caller.idempotency_key = request.idempotency_key->view();
  if (endpoint != nullptr && endpoint->time_max.count() > 0)
    caller.deadline = loop().server.services.clock.steady() + endpoint->time_max;
  const auto reply = co_await loop().server.client->call(request.operation.str(), request.input.text(), caller);
  if (!reply) co_return refuse(id, reply.error());
  std::string body = api::body_of(*reply);
  answer(protocol::CallResult{.id = id, .data = body.empty() ? JsonObject{} : JsonObject::trusted(std::move(body))});
}

void Connection::deliver(std::string_view /*topic*/, const Published& event) { socket_.send(event.message); }

void Connection::deliver_presence(std::string_view /*topic*/, const OutgoingMessage& change) {
  socket_.send(change.payload());
}

void Connection::end(const Error& why) {
  unsubscribe_all();
  socket_.close(CloseCode::policy_violation, why.code().name);
}

void Connection::restart(std::chrono::milliseconds delay) {
  unsubscribe_all();
  socket_.close(CloseCode::service_restart, "reconnect after " + std::to_string(delay.count()) + " ms");
}

void Connection::unsubscribed(std::string_view channel, const Error& why) {
  protocol::Failure message = protocol::failure({}, why);
  message.channel = std::string(channel);
  answer(message);
}

Task<> close_at_once(Socket& socket, CloseCode code, std::string reason) {
  socket.close(code, reason);
  while (co_await socket.receive()) continue;
}

}  // namespace ashlar::realtime::detail
