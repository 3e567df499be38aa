// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/realtime/channel_history.hpp"
#include "ashlar/realtime/outgoing_message.hpp"
#include "ashlar/realtime/position.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Channels of one process: publishers on any thread, subscribers on many loops.
//
// An event is encoded once, in publish(), and passed to each loop that has a subscriber of its channel, not to each
// subscriber; the loop distributes it. Each subscriber of a channel gets its events in the order of their offsets,
// each once, and none is left out without Subscriber::lost().
//
// Threads: Hub is safe from any thread. HubLoop, its subscriptions and its subscribers belong to one loop. A publisher
// takes the lock of the channel's shard and, one after the other, those of the loops' inboxes. A loop takes the lock of
// its inbox once for all events that have arrived, and none for a delivery.
namespace ashlar::realtime {

class HubLoop;

// Who is present in a channel. Connections with the same key are one member, whose `info` is that of the first.
struct Member {
  std::string key;
  std::string info;  // JSON, for the encoder

  friend bool operator==(const Member&, const Member&) = default;
};

enum class PresenceChange : std::uint8_t { joined, left };

struct ChannelOptions {
  HistoryLimits history{};
  std::size_t members_max = 1'000;  // a further one is refused with realtime.channel_full
  // Whose offsets the events have. feed: those of publish_at(), in the epoch of HubOptions, so that a position is valid
  // on every instance that has the same feed.
  enum class Numbering : std::uint8_t { hub, feed } numbering = Numbering::hub;
};

struct HubOptions {
  // Of the histories of all channels. Channels are in 16 shards with equal shares. Beyond its share, a shard drops the
  // history of the channel that was published to or subscribed least recently.
  std::size_t history_bytes_max = 64 * 1024 * 1024;
  std::size_t channels_max = 100'000;  // beyond it, in equal shares, idle ones are dropped, and else new ones refused
  // Of events that a loop has not distributed; beyond it they are dropped, and its subscribers are notified.
  std::size_t inbox_bytes_max = 16 * 1024 * 1024;
  std::uint64_t feed_epoch = 0;   // of channels that a feed numbers: the outbox's, for example
  std::uint64_t feed_offset = 0;  // of the last event before this process began to read the feed
};

namespace errors {
inline constexpr ErrorCode channel_full{ErrorKind::unavailable, "realtime.channel_full"};
}

// Receives the events of the channels that it subscribed to, on its loop. The calls must not block and must not throw;
// they may subscribe and unsubscribe.
class Subscriber {
 public:
  Subscriber() = default;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
  virtual ~Subscriber() = default;

  virtual void deliver(std::string_view channel, const Published& event) = 0;
  virtual void deliver_presence(std::string_view channel, const OutgoingMessage& change) = 0;
  // Events were dropped (HubOptions::inbox_bytes_max), and the subscription delivers nothing more. To resume, subscribe
  // again after the last event received.
  virtual void lost(std::string_view channel) = 0;
};

// The end of its life unsubscribes, and leaves what it joined. On the loop; before its HubLoop and its subscriber.
class Subscription {
 public:
  Subscription() = default;
  Subscription(Subscription&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_) {}
  Subscription& operator=(Subscription&& other) noexcept;
  ~Subscription() { end(); }

  void end();
  // Makes the connection present in the channel. Once. Error realtime.channel_full.
  Result<> join(Member member);

 private:
  friend class HubLoop;
  Subscription(HubLoop& loop, std::uint64_t id) : loop_(&loop), id_(id) {}
  HubLoop* loop_ = nullptr;
  std::uint64_t id_ = 0;
};

class Hub {
 public:
  using OptionsOf = std::function<ChannelOptions(std::string_view channel)>;  // any thread; the same for one name
  // The text of an event, whose position is known only now. Called under a lock: it must not use the hub.
  using Encode = std::function<std::string(std::string_view channel, const Position&)>;
  using EncodePresence = std::function<std::string(std::string_view channel, const Member&, PresenceChange)>;

  // Clock and randomness (of epochs) outlive the hub.
  Hub(const Clock& clock, Random& random, OptionsOf options_of, EncodePresence encode_presence,
      HubOptions options = {});
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // The position of the event. Error server.overloaded: there are too many channels; nothing was published.
  Result<Position> publish(std::string_view channel, const Encode& encode);
  // An event of the feed in all its channels, each of which the feed numbers. Offsets grow; what a channel already has
  // is ignored, since a feed may repeat events. Returns in how many channels it was new.
  std::size_t publish_at(std::uint64_t offset, std::span<const std::string> channels, const Encode& encode);

  // The feed has no further event up to this offset.
  void pass(std::uint64_t offset);
  [[nodiscard]] std::uint64_t feed_offset() const;  // of the last event of the feed, or what it has passed

  [[nodiscard]] std::vector<Member> members(std::string_view channel) const;
  // Whether it has a subscriber, or events from which one can resume. Only then does publishing reach anybody.
  [[nodiscard]] bool is_followed(std::string_view channel) const;
  // Drops events that are too old, and channels with neither subscribers, members nor events. Call it every few
  // seconds.
  void sweep();

  struct Statistics {
    std::size_t channels = 0, subscriptions = 0, members = 0, history_bytes = 0;
  };
  [[nodiscard]] Statistics statistics() const;

 private:
  friend class HubLoop;
  struct State;
  std::unique_ptr<State> state_;
};

// The subscribers of one loop. Created and destroyed while the loop does not run, or on the loop; the hub outlives it.
class HubLoop {
 public:
  HubLoop(Hub& hub, boost::asio::io_context& loop);
  ~HubLoop();
  HubLoop(const HubLoop&) = delete;
  HubLoop& operator=(const HubLoop&) = delete;

  struct Subscribed {
    Subscription subscription;
    // Where the client is: its `after` if that was recovered, and the last event's otherwise. Each event advances it.
    Position position;
    bool recovered = true;  // `missed` is all that followed `after`; true without `after`
    std::vector<std::shared_ptr<const Published>> missed;
  };
  // Events that are published from now on are delivered, never within this call. So the caller sends its answer and
  // `missed` before its next co_await. Error server.overloaded: there are too many channels.
  Result<Subscribed> subscribe(std::string_view channel, Subscriber& subscriber, std::optional<Position> after);

 private:
  friend class Subscription;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ashlar::realtime
