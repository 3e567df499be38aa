// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/realtime/hub.hpp"

#include <algorithm>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::realtime::detail {

// An event or a change of presence, on its way to a loop.
struct Delivery {
  std::shared_ptr<const std::string> channel;
  std::shared_ptr<const Published> event;           // null: `presence`
  std::shared_ptr<const OutgoingMessage> presence;  // null: `event`

  [[nodiscard]] std::size_t bytes() const {
    return sizeof(Delivery) + (event ? event->bytes() : presence->frame().size());
  }
};

// Where a channel sends its deliveries: the inbox of a loop.
class Inbox {
 public:
  Inbox() = default;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  virtual ~Inbox() = default;
  virtual void push(Delivery delivery) = 0;  // from any thread
};

struct HubChannel {
  HubChannel(std::string_view the_name, const ChannelOptions& the_options, Position start, std::uint64_t known_from)
      : name(std::make_shared<const std::string>(the_name)),
        options(the_options),
        history(start, known_from, the_options.history) {}

  struct Subscribers {
    Inbox* inbox;
    std::size_t count;
  };
  struct Present {
    Member member;
    std::size_t connections;
  };
  using Place = std::optional<std::list<HubChannel*>::iterator>;

  const std::shared_ptr<const std::string> name;
  const ChannelOptions options;
  ChannelHistory history;
  std::vector<Subscribers> loops;
  std::map<std::string, Present, std::less<>> members;
  Place in_idle, in_kept;  // of the shard's lists

  [[nodiscard]] bool in_use() const { return !loops.empty() || !members.empty(); }
  void push(const Delivery& delivery) const {
    for (const Subscribers& loop : loops) loop.inbox->push(delivery);
  }
};

// A part of the channels, with its share of the limits. Every function needs its lock.
class HubShard {
 public:
  HubShard(std::size_t history_bytes_max, std::size_t channels_max)
      : history_bytes_max_(history_bytes_max), channels_max_(channels_max) {}

  std::mutex mutex;

  [[nodiscard]] HubChannel* find(std::string_view name);
  // null: all channels are in use, and there are too many. `feed_from`: since when the hub has every event of the feed;
  // nullopt: the hub numbers the channel.
  [[nodiscard]] HubChannel* create(std::string_view name, const ChannelOptions& options, Position start,
                                   std::optional<std::uint64_t> feed_from);
  // Of channels that a feed numbers and that do not exist, events up to this offset are unknown.
  void forget(std::uint64_t offset) { forgotten_ = std::max(forgotten_, offset); }
  void publish(HubChannel& channel, std::shared_ptr<const Published> event, Clock::Steady now);
  [[nodiscard]] ChannelHistory::Resumed resume(HubChannel& channel, Position after, Clock::Steady now);
  // After subscribers or members of the channel have changed. It may destroy the channel.
  void use_changed(HubChannel& channel);
  void touch(HubChannel& channel);  // makes its history the last to be dropped
  void sweep(Clock::Steady now);
  void count(Hub::Statistics& out) const;

 private:
  // Changes a history with `act` and its places and size accordingly.
  template <class Act>
  void change_history(HubChannel& channel, Act act);
  void erase(HubChannel& channel);

  const std::size_t history_bytes_max_;
  const std::size_t channels_max_;
  std::size_t history_bytes_ = 0;
  std::uint64_t forgotten_ = 0;  // events of channels that a feed numbers and that were erased: up to this offset
  // Ordered: clients choose names, and a hash table could be made slow.
  std::map<std::string, std::unique_ptr<HubChannel>, std::less<>> channels_;
  std::list<HubChannel*> idle_;  // with events only; the first became idle last
  std::list<HubChannel*> kept_;  // with events; the first was touched last
};

}  // namespace ashlar::realtime::detail
