// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/channel_history.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ashlar::realtime {

void ChannelHistory::add(std::shared_ptr<const Published> event, Clock::Steady now) {
  assert(event->position.epoch == last_.epoch && event->position.offset > last_.offset);
  last_ = event->position;
  bytes_ += event->bytes();
  events_.push_back({.event = std::move(event), .at = now});
  while (events_.size() > limits_.messages_max || bytes_ > limits_.bytes_max) drop_first();
  drop_old(now);
}

ChannelHistory::Resumed ChannelHistory::since(Position after, Clock::Steady now) {
  drop_old(now);
  Resumed out;
  if (after.epoch != last_.epoch || after.offset < known_from_ || after.offset > last_.offset) return out;
  out.complete = true;
  auto first =
      std::ranges::upper_bound(events_, after.offset, {}, [](const Kept& kept) { return kept.event->position.offset; });
  for (; first != events_.end(); ++first) out.events.push_back(first->event);
  return out;
}

void ChannelHistory::drop_old(Clock::Steady now) {
  while (!events_.empty() && now - events_.front().at > limits_.age_max) drop_first();
}

void ChannelHistory::clear() {
  while (!events_.empty()) drop_first();
}

void ChannelHistory::drop_first() {
  const Published& first = *events_.front().event;
  known_from_ = first.position.offset;
  bytes_ -= first.bytes();
  events_.pop_front();
}

}  // namespace ashlar::realtime
