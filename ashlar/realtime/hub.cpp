// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/hub.hpp"

#include "ashlar/realtime/detail/hub_shard.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <shared_mutex>
#include <unordered_map>

namespace ashlar::realtime {
namespace {

constexpr std::size_t shard_count = 16;

using detail::Delivery;
using detail::HubChannel;
using detail::HubShard;

std::unexpected<Error> too_many_channels() {
  return fail(ashlar::errors::overloaded, "There are too many channels at the moment.");
}

}  // namespace

struct Hub::State {
  State(const Clock& the_clock, Random& the_random, OptionsOf of, EncodePresence encode, const HubOptions& the_options)
      : clock(the_clock),
        random(the_random),
        options_of(std::move(of)),
        encode_presence(std::move(encode)),
        options(the_options),
        feed_offset(the_options.feed_offset) {
    for (auto& shard : shards) {
      shard = std::make_unique<HubShard>(options.history_bytes_max / shard_count,
                                         std::max<std::size_t>(1, options.channels_max / shard_count));
    }
  }

  [[nodiscard]] HubShard& shard_of(std::string_view channel) const {
    return *shards[std::hash<std::string_view>{}(channel) % shard_count];
  }
  // The shard's lock is held, and for a channel that a feed numbers that of the feed.
  HubChannel* find_or_create(HubShard& shard, std::string_view name, const ChannelOptions& channel_options) const {
    if (HubChannel* found = shard.find(name)) return found;
    const bool by_feed = channel_options.numbering == ChannelOptions::Numbering::feed;
    const Position start = by_feed ? Position{.epoch = options.feed_epoch, .offset = feed_offset}
                                   : Position{.epoch = new_epoch(), .offset = 0};
    return shard.create(name, channel_options, start, by_feed ? std::optional(options.feed_offset) : std::nullopt);
  }
  [[nodiscard]] std::uint64_t new_epoch() const {
    std::uint64_t out = 0;
    random.fill(std::as_writable_bytes(std::span(&out, 1)));
    return out;
  }
  // The shard's lock is held.
  void publish(HubShard& shard, HubChannel& channel, Position position, const Encode& encode) const {
    auto message = OutgoingMessage::text(encode(*channel.name, position));
    shard.publish(channel, std::make_shared<const Published>(position, std::move(message)), clock.steady());
  }
  void announce(const HubChannel& channel, const Member& member, PresenceChange change) const {
    if (channel.loops.empty()) return;
    auto message = OutgoingMessage::text(encode_presence(*channel.name, member, change));
    channel.push({.channel = channel.name, .event = nullptr, .presence = std::move(message)});
  }

  const Clock& clock;
  Random& random;
  const OptionsOf options_of;
  const EncodePresence encode_presence;
  const HubOptions options;
  std::array<std::unique_ptr<HubShard>, shard_count> shards;
  // Held while an event of the feed is added to its channels, and shared while a channel that the feed numbers may be
  // created: such a channel then starts between two events. Taken before a shard's lock.
  mutable std::shared_mutex feed_mutex;
  std::uint64_t feed_offset;
};

Hub::Hub(const Clock& clock, Random& random, OptionsOf options_of, EncodePresence encode_presence, HubOptions options)
    : state_(std::make_unique<State>(clock, random, std::move(options_of), std::move(encode_presence), options)) {}

Hub::~Hub() = default;

Result<Position> Hub::publish(std::string_view channel, const Encode& encode) {
  const ChannelOptions options = state_->options_of(channel);
  assert(options.numbering == ChannelOptions::Numbering::hub && "publish_at() is for channels that a feed numbers");
  HubShard& shard = state_->shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  HubChannel* found = state_->find_or_create(shard, channel, options);
  if (found == nullptr) return too_many_channels();
  const Position last = found->history.last();
  const Position position{.epoch = last.epoch, .offset = last.offset + 1};
  state_->publish(shard, *found, position, encode);
  return position;
}

std::size_t Hub::publish_at(std::uint64_t offset, std::span<const std::string> channels, const Encode& encode) {
  const std::unique_lock feed(state_->feed_mutex);
  std::size_t added = 0;
  for (const std::string& channel : channels) {
    const ChannelOptions options = state_->options_of(channel);
    assert(options.numbering == ChannelOptions::Numbering::feed && "publish() is for channels that the hub numbers");
    HubShard& shard = state_->shard_of(channel);
    const std::lock_guard lock(shard.mutex);
    HubChannel* found = offset > state_->feed_offset ? state_->find_or_create(shard, channel, options)
                                                     : shard.find(channel);  // a new one would start behind it
    if (found == nullptr && offset > state_->feed_offset) shard.forget(offset);
    if (found == nullptr || offset <= found->history.last().offset) continue;
    state_->publish(shard, *found, {.epoch = found->history.last().epoch, .offset = offset}, encode);
    ++added;
  }
  state_->feed_offset = std::max(state_->feed_offset, offset);
  return added;
}

void Hub::pass(std::uint64_t offset) {
  const std::unique_lock feed(state_->feed_mutex);
  state_->feed_offset = std::max(state_->feed_offset, offset);
}

std::uint64_t Hub::feed_offset() const {
  const std::shared_lock feed(state_->feed_mutex);
  return state_->feed_offset;
}

std::vector<Member> Hub::members(std::string_view channel) const {
  std::vector<Member> out;
  HubShard& shard = state_->shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  const HubChannel* found = shard.find(channel);
  if (found == nullptr) return out;
  for (const auto& [key, present] : found->members) out.push_back(present.member);
  return out;
}

bool Hub::is_followed(std::string_view channel) const {
  HubShard& shard = state_->shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  return shard.find(channel) != nullptr;
}

void Hub::sweep() {
  for (const auto& shard : state_->shards) {
    const std::lock_guard lock(shard->mutex);
    shard->sweep(state_->clock.steady());
  }
}

Hub::Statistics Hub::statistics() const {
  Statistics out;
  for (const auto& shard : state_->shards) {
    const std::lock_guard lock(shard->mutex);
    shard->count(out);
  }
  return out;
}

struct HubLoop::State final : detail::Inbox, std::enable_shared_from_this<State> {
  State(Hub::State& the_hub, boost::asio::io_context& the_loop) : hub(the_hub), loop(the_loop) {}

  struct Local;
  struct Entry {
    Subscriber* subscriber;
    Local* local;
    std::size_t index;  // in Local::entries
    Position last;      // what was delivered or missed
    bool lost = false;
    std::optional<std::string> present_as;
  };
  // The subscriptions of a channel on this loop. While they are iterated, ended ones are null.
  struct Local {
    std::shared_ptr<const std::string> channel;
    std::vector<Entry*> entries;
    std::size_t ended = 0;
  };

  void push(Delivery delivery) override;
  void distribute();
  void distribute(const Delivery& delivery);
  void report_loss();
  void unsubscribe(std::uint64_t id);
  void leave(HubChannel& channel, const std::string& key) const;
  Result<> join(std::uint64_t id, Member member);
  void tidy(Local& local);
  // The channel's count of subscribers on this loop.
  std::vector<HubChannel::Subscribers>::iterator find_in(HubChannel& channel) {
    const auto is_mine = [this](const HubChannel::Subscribers& one) { return one.inbox == this; };
    return std::ranges::find_if(channel.loops, is_mine);
  }

  Hub::State& hub;
  boost::asio::io_context& loop;

  std::mutex mutex;  // of the inbox
  std::vector<Delivery> inbox;
  std::size_t inbox_bytes = 0;
  bool scheduled = false;
  bool overflowed = false;  // what follows is dropped until the inbox is taken

  std::map<std::string, Local, std::less<>> locals;
  std::unordered_map<std::uint64_t, Entry> entries;
  std::uint64_t last_id = 0;
  const Local* iterated = nullptr;
};

void HubLoop::State::push(Delivery delivery) {
  const std::lock_guard lock(mutex);
  const std::size_t bytes = delivery.bytes();
  overflowed = overflowed || inbox_bytes + bytes > hub.options.inbox_bytes_max;
  if (!overflowed) {
    inbox_bytes += bytes;
    inbox.push_back(std::move(delivery));
  }
  if (std::exchange(scheduled, true)) return;
  boost::asio::post(loop, [self = shared_from_this()] { self->distribute(); });
}

void HubLoop::State::distribute() {
  std::vector<Delivery> arrived;
  bool loss = false;
  {
    const std::lock_guard lock(mutex);
    arrived.swap(inbox);
    inbox_bytes = 0;
    scheduled = false;
    loss = std::exchange(overflowed, false);
  }
  for (const Delivery& delivery : arrived) distribute(delivery);
  if (loss) report_loss();
}

void HubLoop::State::distribute(const Delivery& delivery) {
  const auto found = locals.find(*delivery.channel);
  if (found == locals.end()) return;
  Local& local = found->second;
  iterated = &local;
  const std::size_t count = local.entries.size();  // later ones subscribed after this event
  for (std::size_t i = 0; i < count; ++i) {
    Entry* entry = local.entries[i];
    if (entry == nullptr || entry->lost) continue;
    if (!delivery.event) {
      entry->subscriber->deliver_presence(*delivery.channel, *delivery.presence);
      continue;
    }
    const Position position = delivery.event->position;
    if (position.epoch != entry->last.epoch || position.offset <= entry->last.offset) continue;
    entry->last = position;
    entry->subscriber->deliver(*delivery.channel, *delivery.event);
  }
  iterated = nullptr;
  tidy(local);
}

void HubLoop::State::report_loss() {
  std::vector<std::uint64_t> affected;
  for (auto& [id, entry] : entries) {
    if (!std::exchange(entry.lost, true)) affected.push_back(id);
  }
  for (const std::uint64_t id : affected) {
    const auto entry = entries.find(id);  // an earlier call may have ended it
    if (entry == entries.end()) continue;
    const auto channel = entry->second.local->channel;
    entry->second.subscriber->lost(*channel);
  }
}

void HubLoop::State::unsubscribe(std::uint64_t id) {
  const auto node = entries.extract(id);
  Entry& entry = node.mapped();
  Local& local = *entry.local;
  {
    HubShard& shard = hub.shard_of(*local.channel);
    const std::lock_guard lock(shard.mutex);
    HubChannel& channel = *shard.find(*local.channel);
    const auto mine = find_in(channel);
    if (--mine->count == 0) channel.loops.erase(mine);
    if (entry.present_as) leave(channel, *entry.present_as);
    shard.use_changed(channel);
  }
  local.entries[entry.index] = nullptr;
  ++local.ended;
  if (iterated != &local) tidy(local);
}

void HubLoop::State::tidy(Local& local) {
  if (local.ended == 0) return;
  if (local.ended == local.entries.size()) {
    locals.erase(locals.find(*local.channel));
    return;
  }
  if (local.ended < local.entries.size() / 2) return;
  std::erase(local.entries, nullptr);
  local.ended = 0;
  for (std::size_t i = 0; i < local.entries.size(); ++i) local.entries[i]->index = i;
}

Result<> HubLoop::State::join(std::uint64_t id, Member member) {
  Entry& entry = entries.at(id);
  assert(!entry.present_as && "a subscription joins once");
  HubShard& shard = hub.shard_of(*entry.local->channel);
  const std::lock_guard lock(shard.mutex);
  HubChannel& channel = *shard.find(*entry.local->channel);
  if (const auto present = channel.members.find(member.key); present != channel.members.end()) {
    ++present->second.connections;
  } else if (channel.members.size() >= channel.options.members_max) {
    return fail(errors::channel_full, "The channel has too many members.");
  } else {
    channel.members.emplace(member.key, HubChannel::Present{.member = member, .connections = 1});
    hub.announce(channel, member, PresenceChange::joined);
  }
  entry.present_as = std::move(member.key);
  return {};
}

void HubLoop::State::leave(HubChannel& channel, const std::string& key) const {
  const auto present = channel.members.find(key);
  if (--present->second.connections > 0) return;
  const Member member = std::move(present->second.member);
  channel.members.erase(present);
  hub.announce(channel, member, PresenceChange::left);
}

HubLoop::HubLoop(Hub& hub, boost::asio::io_context& loop) : state_(std::make_shared<State>(*hub.state_, loop)) {}

HubLoop::~HubLoop() { assert(state_->entries.empty() && "subscriptions end before their loop"); }

Result<HubLoop::Subscribed> HubLoop::subscribe(std::string_view channel, Subscriber& subscriber,
                                               std::optional<Position> after) {
  Hub::State& hub = state_->hub;
  const ChannelOptions options = hub.options_of(channel);
  std::shared_lock feed(hub.feed_mutex, std::defer_lock);
  if (options.numbering == ChannelOptions::Numbering::feed) feed.lock();
  HubShard& shard = hub.shard_of(channel);
  std::unique_lock lock(shard.mutex);
  HubChannel* found = hub.find_or_create(shard, channel, options);
  if (found == nullptr) return too_many_channels();
  // Whatever the feed has passed is in the history, so that the position is valid on every instance.
  if (feed.owns_lock()) found->history.reach(hub.feed_offset);
  const Position last = found->history.last();
  Subscribed out;
  out.position = last;
  if (after) {
    ChannelHistory::Resumed resumed = shard.resume(*found, *after, hub.clock.steady());
    out.recovered = resumed.complete;
    out.missed = std::move(resumed.events);
    if (out.recovered) out.position = *after;
  }
  const auto mine = state_->find_in(*found);
  if (mine == found->loops.end()) {
    found->loops.push_back({.inbox = state_.get(), .count = 1});
  } else {
    ++mine->count;
  }
  shard.use_changed(*found);
  shard.touch(*found);
  const auto name = found->name;
  lock.unlock();

  State::Local& local = state_->locals[*name];
  local.channel = name;
  const std::uint64_t id = ++state_->last_id;
  State::Entry& entry = state_->entries[id];
  entry = {.subscriber = &subscriber, .local = &local, .index = local.entries.size(), .last = last, .present_as = {}};
  local.entries.push_back(&entry);
  out.subscription = Subscription(*this, id);
  return out;
}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  end();
  loop_ = std::exchange(other.loop_, nullptr);
  id_ = other.id_;
  return *this;
}

void Subscription::end() {
  if (HubLoop* loop = std::exchange(loop_, nullptr)) loop->state_->unsubscribe(id_);
}

Result<> Subscription::join(Member member) { return loop_->state_->join(id_, std::move(member)); }

}  // namespace ashlar::realtime
