// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/realtime/outgoing_message.hpp"
#include "ashlar/realtime/position.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace ashlar::realtime {

// How much of a channel's past a client can resume from. What exceeds any of the three is dropped, the oldest first.
struct HistoryLimits {
  std::size_t messages_max = 100;  // 0: none, and no resume is complete unless nothing was missed
  std::size_t bytes_max = 256 * 1024;
  std::chrono::milliseconds age_max{300'000};
};

// An event of a channel, encoded once for all subscribers.
struct Published {
  Position position;
  std::shared_ptr<const OutgoingMessage> message;

  [[nodiscard]] std::size_t bytes() const { return sizeof(Published) + message->frame().size(); }
};

// The last events of one channel. It knows which part of the past it has: a client that asks for more is not given a
// part of it silently. Not thread-safe, no I/O; the hub owns one for each channel.
class ChannelHistory {
 public:
  // The past until `start` is unknown.
  ChannelHistory(Position start, HistoryLimits limits) : ChannelHistory(start, start.offset, limits) {}
  // Between `known_from` and `start` there was no event.
  ChannelHistory(Position start, std::uint64_t known_from, HistoryLimits limits)
      : limits_(limits), last_(start), known_from_(known_from) {}

  [[nodiscard]] Position last() const { return last_; }
  // Every event with a greater offset is kept.
  [[nodiscard]] std::uint64_t known_from() const { return known_from_; }
  // There is no further event up to this offset, of the same epoch.
  void reach(std::uint64_t offset) { last_.offset = std::max(last_.offset, offset); }
  // The offset is greater than that of last(), and the epoch the same.
  void add(std::shared_ptr<const Published> event, Clock::Steady now);

  struct Resumed {
    bool complete = false;  // `events` is everything that followed
    std::vector<std::shared_ptr<const Published>> events;
  };
  // What followed `after`. Incomplete: of another epoch, older than the history, or a position that the channel has not
  // reached (the channel was restored from an older state); `events` is then empty, because a client that has to read
  // the state again would apply them twice.
  [[nodiscard]] Resumed since(Position after, Clock::Steady now);

  void drop_old(Clock::Steady now);
  void clear();
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return events_.size(); }

 private:
  struct Kept {
    std::shared_ptr<const Published> event;
    Clock::Steady at;
  };
  void drop_first();

  const HistoryLimits limits_;
  Position last_;
  std::uint64_t known_from_;  // every event with a greater offset is in events_
  std::size_t bytes_ = 0;
  std::deque<Kept> events_;
};

}  // namespace ashlar::realtime
