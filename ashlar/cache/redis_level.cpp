// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/redis_level.hpp"

#include "ashlar/async/deadline.hpp"
#include "ashlar/cache/detail/change_message.hpp"
#include "ashlar/cache/detail/redis_scripts.hpp"
#include "ashlar/redis/broadcast.hpp"

#include <boost/asio/this_coro.hpp>

#include <array>
#include <atomic>
#include <iterator>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

namespace ashlar::cache {

namespace {

using Words = std::vector<std::string>;

const std::string everything_tag;  // every value has it

std::string text_of(std::chrono::milliseconds time) { return std::to_string(time.count()); }

std::string type_of(const SharedKey& key) { return key.type ? std::to_string(*key.type) : std::string(); }

// Type, times, whether there is a value, and the value: the arguments of put and set.
void append_value(Words& words, const SharedKey& key, SharedValue value) {
  words.push_back(type_of(key));
  for (const auto time : {value.left.fresh, value.left.stale, value.left.error}) words.push_back(text_of(time));
  words.emplace_back(value.json ? "1" : "0");
  words.push_back(value.json ? std::move(*value.json) : std::string());
}

std::unexpected<Error> unavailable(std::string why) {
  return std::unexpected(
      Error(redis::errors::unavailable, "The cache server is not available.").with_cause(std::move(why)));
}

}  // namespace

struct RedisLevel::State {
  State(RedisLevelOptions the_options, redis::Clients& the_clients, Random& the_random)
      : options(std::move(the_options)),
        clients(the_clients),
        random(the_random),
        changes(clients, options.prefix + "changed", random,
                {.on_message = [this](std::string_view, std::string_view message) { pass_on(message); },
                 .on_subscribed = [this] { set_subscription(Listener::Subscription::begun); },
                 .on_lost = [this] { set_subscription(Listener::Subscription::lost); }}) {}

  [[nodiscard]] Words keys_of(const SharedKey& key) const {
    return {options.prefix + "v:" + key.text, options.prefix + "l:" + key.text};
  }
  std::string new_token();

  Task<bool> publish(Changed what);
  void keep_pending(Changed what);
  std::optional<Changed> take_pending();
  void caught_up();

  void set_subscription(Listener::Subscription now);
  void pass_on(std::string_view message);
  template <class Call>
  void for_each_listener(Call call) {
    for (const auto& weak : listeners) {
      if (const auto listener = weak.lock()) call(*listener);
    }
  }

  const RedisLevelOptions options;
  redis::Clients& clients;
  Random& random;
  const detail::RedisScripts scripts;
  redis::Broadcast changes;

  std::mutex listening;
  std::vector<std::weak_ptr<Listener>> listeners;

  std::mutex pending_mutex;
  Changed pending;
  std::atomic<std::size_t> pending_count = 0;
  std::atomic<bool> behind = false;  // there are changes that Redis may not have received
};

namespace {

// A change that is being published. The destructor queues what was not published.
template <class State>
class Publication {
 public:
  Publication(std::shared_ptr<State> state, Changed what) : state_(std::move(state)), what_(std::move(what)) {}
  ~Publication() {
    if (!published_) state_->keep_pending(std::move(what_));
  }
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;
  void published() { published_ = true; }

 private:
  std::shared_ptr<State> state_;
  Changed what_;
  bool published_ = false;
};

template <class State>
Task<> publish_pending(std::shared_ptr<State> state) {
  while (true) {
    co_await async::sleep_for(state->options.retry_interval);
    if (!state->behind) continue;
    const auto what = state->take_pending();
    if (!what) continue;
    Publication publication(state, *what);
    if (!co_await state->publish(*what)) continue;
    publication.published();
    state->caught_up();
  }
}

}  // namespace

std::string RedisLevel::State::new_token() {
  std::array<std::uint64_t, 2> chance{};
  random.fill(std::as_writable_bytes(std::span(chance)));
  return std::to_string(chance[0]) + "." + std::to_string(chance[1]);
}

Task<bool> RedisLevel::State::publish(Changed what) {
  const bool all = what.extent == Changed::Extent::everything;
  redis::Broadcast::Announcement announcement =
      changes.announce(co_await boost::asio::this_coro::executor, detail::message_of(what));
  Words words = {options.prefix, changes.channel(), announcement.text(), all ? "0" : std::to_string(what.keys.size())};
  if (all) {
    words.push_back(everything_tag);
  } else {
    for (auto* names : {&what.keys, &what.tags})
      words.insert(words.end(), std::move_iterator(names->begin()), std::move_iterator(names->end()));
  }
  const auto published = co_await scripts.forget.run(clients, {}, std::move(words));
  if (!published) co_return false;
  (void)co_await announcement.confirmed(published->integer);
  co_return true;
}

void RedisLevel::State::keep_pending(Changed what) {
  const std::scoped_lock lock(pending_mutex);
  behind = true;
  pending.keys.insert(pending.keys.end(), std::move_iterator(what.keys.begin()), std::move_iterator(what.keys.end()));
  pending.tags.insert(pending.tags.end(), std::move_iterator(what.tags.begin()), std::move_iterator(what.tags.end()));
  if (what.extent == Changed::Extent::everything ||
      pending.keys.size() + pending.tags.size() > options.pending_invalidations_max)
    pending.extent = Changed::Extent::everything;
  if (pending.extent == Changed::Extent::everything) pending.keys = pending.tags = {};
  pending_count = pending.extent == Changed::Extent::everything ? 1 : pending.keys.size() + pending.tags.size();
}

std::optional<Changed> RedisLevel::State::take_pending() {
  const std::scoped_lock lock(pending_mutex);
  if (pending_count == 0) return std::nullopt;
  pending_count = 0;
  return std::exchange(pending, {});
}

void RedisLevel::State::caught_up() {
  const std::scoped_lock lock(pending_mutex);
  if (pending_count == 0) behind = false;
}

void RedisLevel::State::set_subscription(Listener::Subscription now) {
  const std::scoped_lock lock(listening);
  for_each_listener([now](Listener& listener) { listener.on_subscription(now); });
}

void RedisLevel::State::pass_on(std::string_view message) {
  const Changed what = detail::changed_of(message);
  const std::scoped_lock lock(listening);
  for_each_listener([&what](Listener& listener) { listener.changed(what); });
}

RedisLevel::RedisLevel(RedisLevelOptions options, redis::Clients& clients, Random& random)
    : state_(std::make_shared<State>(std::move(options), clients, random)) {
  clients.run_in_background([weak = std::weak_ptr(state_)] { return publish_pending(weak.lock()); });
}

RedisLevel::~RedisLevel() = default;

void RedisLevel::listen(std::weak_ptr<Listener> listener) {
  const std::scoped_lock lock(state_->listening);
  std::erase_if(state_->listeners, [](const auto& known) { return known.expired(); });
  if (const auto now = listener.lock())
    now->on_subscription(state_->changes.is_subscribed() ? Listener::Subscription::begun
                                                         : Listener::Subscription::lost);
  state_->listeners.push_back(std::move(listener));
}

Task<Result<SharedAnswer>> RedisLevel::ask(SharedKey key, Want want) {
  const auto state = state_;
  if (state->behind) co_return unavailable("changes are not published yet");
  const bool wants_lease = want == Want::value_or_lease;
  std::string token = wants_lease ? state->new_token() : std::string();
  Words words = {state->options.prefix + "t:", type_of(key), token, text_of(state->options.lease_time_max),
                 text_of(state->options.tag_time_max)};
  if (wants_lease) {
    words.push_back(everything_tag);
    words.insert(words.end(), key.tags.begin(), key.tags.end());
  }
  auto reply = co_await unwrap(state->scripts.ask.run(state->clients, state->keys_of(key), std::move(words)));
  auto& items = reply.items;
  if (items.size() < 5) co_return unavailable("an unexpected reply");
  SharedAnswer out;
  const auto time_of = [&items](std::size_t at) { return std::chrono::milliseconds(items[at].integer); };
  if (!items[0].is_nil()) {
    out.value = SharedValue{.left = {.fresh = time_of(0), .stale = time_of(1), .error = time_of(2)}};
    if (!items[3].is_nil()) out.value->json = std::move(items[3].text);
  }
  if (items[4].integer == 1) {
    out.lease = Lease{.token = std::move(token)};
    for (std::size_t i = 5; i < items.size(); ++i) out.lease->tags.push_back(std::move(items[i].text));
  }
  co_return out;
}

Task<Result<bool>> RedisLevel::put(SharedKey key, Lease lease, SharedValue value) {
  const auto state = state_;
  if (state->behind) co_return unavailable("changes are not published yet");
  Words words = {state->options.prefix + "t:", std::move(lease.token)};
  append_value(words, key, std::move(value));
  for (std::size_t i = 0; i < lease.tags.size() && i <= key.tags.size(); ++i) {
    words.push_back(i == 0 ? everything_tag : key.tags[i - 1]);
    words.push_back(std::move(lease.tags[i]));
  }
  const auto reply = co_await unwrap(state->scripts.put.run(state->clients, state->keys_of(key), std::move(words)));
  co_return reply.integer == 1;
}

Task<> RedisLevel::release(SharedKey key, Lease lease) {
  const auto state = state_;
  (void)co_await state->scripts.release.run(state->clients, state->keys_of(key), {std::move(lease.token)});
}

Task<> RedisLevel::set(SharedKey key, SharedValue value) {
  const auto state = state_;
  Publication publication(state, Changed{.keys = {key.text}});
  Words words = {state->options.prefix + "t:", state->new_token()};
  append_value(words, key, std::move(value));
  redis::Broadcast::Announcement announcement =
      state->changes.announce(co_await boost::asio::this_coro::executor, detail::message_of({.keys = {key.text}}));
  words.insert(words.end(),
               {text_of(state->options.tag_time_max), state->changes.channel(), announcement.text(), everything_tag});
  words.insert(words.end(), key.tags.begin(), key.tags.end());
  const auto published = co_await state->scripts.set.run(state->clients, state->keys_of(key), std::move(words));
  if (!published) co_return;
  publication.published();
  (void)co_await announcement.confirmed(published->integer);
}

Task<> RedisLevel::forget(Changed what) {
  const auto state = state_;
  Publication publication(state, what);
  if (co_await state->publish(std::move(what))) publication.published();
}

bool RedisLevel::is_subscribed() const { return state_->changes.is_subscribed(); }
std::size_t RedisLevel::pending_invalidations() const { return state_->pending_count; }

}  // namespace ashlar::cache
