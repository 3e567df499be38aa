// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/detail/peer.hpp"

#include "ashlar/realtime/detail/loop.hpp"

#include <algorithm>

namespace ashlar::realtime::detail {

Task<Result<std::string>> decide(const ServerState& server, std::shared_ptr<const Identity> identity,
                                 std::string channel, api::Invocation::Limits limits) {
  auto found = server.services.channels.find(channel);
  if (!found) co_return fail(errors::channel_not_found, "There is no such channel.");
  auto reply = co_await unwrap(server.client->call(found->channel->endpoint.name, std::move(found->input),
                                                   {.principal = identity->principal,
                                                    .transport = transport_name,
                                                    .transport_only = transport_name,
                                                    .address = identity->address,
                                                    .agent = identity->agent,
                                                    .limits = limits}));
  Topic topic = co_await unwrap(schema::read_json<Topic>(reply.json));
  co_return std::move(topic.name);
}

Peer::Peer(Loop& loop, std::shared_ptr<const Identity> identity)
    : loop_(loop), identity_(std::move(identity)), id_(++loop.server.last_peer) {
  loop_.add(*this);
  plan_check();
}

Peer::~Peer() { loop_.remove(*this); }

std::optional<Error> Peer::refusal() const {
  const auth::Principal* principal = identity_->principal.get();
  if (principal == nullptr) return std::nullopt;
  if (loop_.server.services.clock.now() >= principal->expires_at)
    return Error(auth::errors::token_expired, "The access token has expired.");
  const auth::Revocations* revocations = loop_.server.services.revocations;
  if (revocations != nullptr && revocations->is_revoked(principal->token_id, principal->session))
    return Error(auth::errors::token_revoked, "The session has ended.");
  return std::nullopt;
}

Task<Result<std::string>> Peer::authorize(std::string channel) {
  while (true) {
    const std::uint64_t changes = changes_;
    auto topic = co_await decide(loop_.server, identity_, channel, api::Invocation::Limits::counted);
    // The check that followed the change has not seen this subscription.
    if (!topic || changes == changes_) co_return topic;
  }
}

Result<HubLoop::Subscribed> Peer::subscribe(const std::string& channel, const std::string& topic,
                                            std::optional<Position> after) {
  const auto earlier = following_.find(channel);
  if (earlier != following_.end()) {
    following_.erase(earlier);
  } else if (following_.size() >= loop_.server.options.channels_per_client_max) {
    return fail(errors::too_many_channels, "This connection follows as many channels as it may.");
  }
  auto subscribed = loop_.hub.subscribe(topic, *this, after);
  if (subscribed)
    following_.emplace(channel, Following{.topic = topic, .subscription = std::move(subscribed->subscription)});
  return subscribed;
}

void Peer::unsubscribe(std::string_view channel) {
  if (const auto found = following_.find(channel); found != following_.end()) following_.erase(found);
}

Subscription* Peer::subscription(std::string_view channel) {
  const auto found = following_.find(channel);
  return found == following_.end() ? nullptr : &found->second.subscription;
}

std::vector<std::string> Peer::channels() const {
  std::vector<std::string> out;
  for (const auto& [channel, following] : following_) out.push_back(channel);
  return out;
}

std::optional<std::string> Peer::topic_of(std::string_view channel) const {
  const auto found = following_.find(channel);
  return found == following_.end() ? std::nullopt : std::optional(found->second.topic);
}

void Peer::lost(std::string_view topic) {
  const std::string channel(channel_of_topic(topic));
  unsubscribe(channel);
  unsubscribed(channel, Error(errors::events_lost, "Events were dropped. Subscribe after the last one received."));
}

void Peer::plan_check() {
  check_at_.reset();
  const api::Api& api = *loop_.server.api;
  if (identity_->principal == nullptr || api.options().authorities == nullptr) return;
  const auto authority =
      api.options().authorities->try_find(identity_->principal->id, loop_.server.services.clock.steady());
  if (authority == nullptr) return;
  const Timestamp now = loop_.server.services.clock.now();
  const auto consider = [&](Timestamp at) {
    if (at > now) check_at_ = check_at_ ? std::min(*check_at_, at) : at;
  };
  for (const auth::Grant& grant : authority->grants) {
    consider(grant.from);
    if (grant.until) consider(*grant.until);
  }
}

}  // namespace ashlar::realtime::detail
