// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/detail/hub_shard.hpp"

#include <algorithm>
#include <utility>

namespace ashlar::realtime::detail {
namespace {

using List = std::list<HubChannel*>;

void leave(List& list, HubChannel::Place& place) {
  if (place) list.erase(*place);
  place.reset();
}

void enter(List& list, HubChannel::Place& place, HubChannel& channel) {
  leave(list, place);
  place = list.insert(list.begin(), &channel);
}

}  // namespace

HubChannel* HubShard::find(std::string_view name) {
  const auto found = channels_.find(name);
  return found == channels_.end() ? nullptr : found->second.get();
}

HubChannel* HubShard::create(std::string_view name, const ChannelOptions& options, Position start,
                             std::optional<std::uint64_t> feed_from) {
  if (channels_.size() >= channels_max_) {
    if (idle_.empty()) return nullptr;
    erase(*idle_.back());
  }
  auto& made = channels_[std::string(name)];
  const std::uint64_t known_from = feed_from ? std::max(*feed_from, forgotten_) : start.offset;
  made = std::make_unique<HubChannel>(name, options, start, known_from);
  return made.get();
}

template <class Act>
void HubShard::change_history(HubChannel& channel, Act act) {
  const std::size_t before = channel.history.bytes();
  act(channel.history);
  history_bytes_ += channel.history.bytes() - before;  // modulo 2^64
  if (channel.history.size() == 0) {
    leave(kept_, channel.in_kept);
  } else if (!channel.in_kept) {
    enter(kept_, channel.in_kept, channel);
  }
}

void HubShard::publish(HubChannel& channel, std::shared_ptr<const Published> event, Clock::Steady now) {
  channel.push({.channel = channel.name, .event = event, .presence = nullptr});
  change_history(channel, [&](ChannelHistory& history) { history.add(std::move(event), now); });
  touch(channel);
  while (history_bytes_ > history_bytes_max_) {
    HubChannel& last = *kept_.back();
    change_history(last, [](ChannelHistory& history) { history.clear(); });
    if (&last != &channel) use_changed(last);
  }
  use_changed(channel);
}

ChannelHistory::Resumed HubShard::resume(HubChannel& channel, Position after, Clock::Steady now) {
  ChannelHistory::Resumed out;
  change_history(channel, [&](ChannelHistory& history) { out = history.since(after, now); });
  return out;
}

void HubShard::touch(HubChannel& channel) {
  if (channel.in_kept) enter(kept_, channel.in_kept, channel);
}

void HubShard::use_changed(HubChannel& channel) {
  if (channel.in_use()) return leave(idle_, channel.in_idle);
  if (channel.history.size() == 0) return erase(channel);
  enter(idle_, channel.in_idle, channel);
}

void HubShard::sweep(Clock::Steady now) {
  for (auto next = channels_.begin(); next != channels_.end();) {
    HubChannel& channel = *(next++)->second;
    change_history(channel, [now](ChannelHistory& history) { history.drop_old(now); });
    if (!channel.in_use() && channel.history.size() == 0) erase(channel);
  }
}

void HubShard::count(Hub::Statistics& out) const {
  out.channels += channels_.size();
  out.history_bytes += history_bytes_;
  for (const auto& [name, channel] : channels_) {
    out.members += channel->members.size();
    for (const HubChannel::Subscribers& loop : channel->loops) out.subscriptions += loop.count;
  }
}

void HubShard::erase(HubChannel& channel) {
  change_history(channel, [](ChannelHistory& history) { history.clear(); });
  if (channel.options.numbering == ChannelOptions::Numbering::feed) forget(channel.history.known_from());
  leave(idle_, channel.in_idle);
  channels_.erase(channels_.find(*channel.name));
}

}  // namespace ashlar::realtime::detail
