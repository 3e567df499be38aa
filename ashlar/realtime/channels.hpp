// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/endpoint.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/api/operation.hpp"
#include "ashlar/schema/describe.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// The channels that clients may follow, declared like routes: a name, an operation, its services, and a guard.
//
//   Result<Topic> orders(api::UserCall& call);        // "orders" of everybody for an admin, else the caller's own
//   Result<Topic> order(api::Call& call, OrderId in);
//
//   channels.add("orders", orders).signed_in().api_key("read:order");
//   channels.add("order:{id}", order).owner_or("read:order", customer_of, database);
//   channels.add("room:{name}", room).signed_in().clients_publish().presence();
//
// Each is an api::Endpoint that the transport `realtime` alone serves. A subscription runs it through invoke(), so it
// is decided, limited, counted and logged as every operation is. It returns the topic of the hub (hub.hpp) that the
// caller receives. Callers of one channel can receive different topics: a topic's name is the channel's name, and
// after a slash what distinguishes it. So no channel has a name with a slash.
namespace ashlar::realtime {

inline constexpr std::string_view transport_name = "realtime";

struct Topic {
  std::string name;
};
ASHLAR_DESCRIBE(Topic, name)

// "orders" of the topic "orders/0193508e...".
[[nodiscard]] std::string_view channel_of_topic(std::string_view topic);

struct Channel {
  std::string pattern;  // "order:{id}": at most one parameter, at its end
  api::Endpoint endpoint;
  // feed: publish_at() of the hub, with positions that are valid on every instance. process: Hub::publish(), with
  // positions of this process. clients: those, too.
  enum class Publishers : std::uint8_t { feed, process, clients } publishers = Publishers::feed;
  // Whether its subscribers are members whom the others see, by the ids of their accounts. Of WebSockets alone.
  enum class Presence : std::uint8_t { off, on } presence = Presence::off;
};

// Builds one line of the table. Short-lived; the Channel belongs to the Channels.
template <class Op>
class ChannelBuilder {
 public:
  explicit ChannelBuilder(Channel& channel) : channel_(channel) {}

  // Guards, as on a route. A caller must pass every guard of the line.
  ChannelBuilder& open() { return guard(api::open()); }
  ChannelBuilder& signed_in() { return guard(api::signed_in()); }
  ChannelBuilder& permission(std::string permission) { return guard(api::permission({std::move(permission)})); }
  // By the input's member `id`: see web::RouteBuilder::owner_or.
  template <class... Services>
  ChannelBuilder& owner_or(std::string permission, Task<Result<Uuid>> (*look_up)(api::Call&, Uuid, Services&...),
                           std::type_identity_t<Services>&... services) {
    return guard(api::any_of({api::permission({std::move(permission)}), api::owner(look_up, services...)}));
  }
  ChannelBuilder& guard(api::Guard guard) {
    channel_.endpoint.guards.push_back(std::move(guard));
    return *this;
  }
  // The permission that an API key needs, in addition to those of its account; see web::RouteBuilder::api_key.
  ChannelBuilder& api_key(std::string permission) {
    channel_.endpoint.api_key_permissions = {{std::move(permission)}};
    return *this;
  }
  ChannelBuilder& no_api_key() {
    channel_.endpoint.api_key_permissions.emplace();
    return *this;
  }
  // Not the feed but this process publishes its events; see Channel::Publishers.
  ChannelBuilder& process_publishes() {
    channel_.publishers = Channel::Publishers::process;
    return *this;
  }
  ChannelBuilder& clients_publish() {
    channel_.publishers = Channel::Publishers::clients;
    return *this;
  }
  ChannelBuilder& presence() {
    channel_.presence = Channel::Presence::on;
    return *this;
  }

 private:
  Channel& channel_;
};

// Filled before the Api is made, and immutable afterwards. Outlives the Api.
class Channels {
 public:
  Channels() = default;
  Channels(const Channels&) = delete;
  Channels& operator=(const Channels&) = delete;

  // An operation of Channel: Result<Topic> name(Call& or UserCall&, In, Services&...), whose input has the parameter of
  // the pattern as its only member. Throws std::logic_error for an unusable pattern.
  template <class Op, class... Services>
  ChannelBuilder<Op> add(std::string pattern, Op operation, Services&... services) {
    using Expected = typename api::detail::OperationTraits<Op>::Services;
    static_assert(std::is_same_v<typename api::detail::OperationTraits<Op>::Output, Topic>,
                  "the operation of a channel returns a Topic");
    return ChannelBuilder<Op>(emplace(
        std::move(pattern), std::make_unique<api::detail::TypedOperation<Op>>(operation, Expected(services...))));
  }

  [[nodiscard]] const std::vector<std::unique_ptr<Channel>>& all() const { return channels_; }
  [[nodiscard]] std::vector<const api::Endpoint*> endpoints() const;

  struct Match {
    const Channel* channel;
    std::string input;  // of its operation, as JSON
  };
  // nullopt: there is no channel of this name.
  [[nodiscard]] std::optional<Match> find(std::string_view name) const;

 private:
  Channel& emplace(std::string pattern, std::unique_ptr<api::Operation> operation);

  std::vector<std::unique_ptr<Channel>> channels_;
};

}  // namespace ashlar::realtime
