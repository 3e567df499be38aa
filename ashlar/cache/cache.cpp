// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/cache.hpp"

#include "ashlar/async/shielded.hpp"
#include "ashlar/cache/detail/state.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ashlar::cache {
namespace asio = boost::asio;

Cache::Cache(CacheOptions options, const Clock& clock, Random& random, SharedLevel* shared)
    : state_(std::make_shared<State>(options, clock, random, shared)) {
  if (shared != nullptr) shared->listen(state_);
}

Cache::~Cache() { close(); }

detail::Found Cache::find(const std::string& key, const detail::ValueType& type, Ask ask) {
  return state_->find(key, type, ask);
}

// Not stored in the first level, which would miss a change made meanwhile. get_or_set stores it.
Task<std::shared_ptr<const void>> Cache::find_shared(std::string key, const detail::ValueType& type) {
  const auto state = state_;
  if (!state->shares(key, type)) co_return nullptr;
  co_return co_await state->find_shared(std::move(key), type);
}

// This level first: a later change elsewhere is received after ours was stored.
Task<> Cache::put(std::string key, const detail::ValueType& type, Policy policy, detail::Fresh fresh) {
  const auto state = state_;
  const Lifetimes left = state->lifetimes_of(policy, fresh);
  state->put(key, type, policy, left, fresh);
  if (!state->shares(key, type)) co_return;
  SharedValue value = state->shared_value(std::exchange(fresh.json, {}), fresh, left);
  co_await state->shared->set({.text = std::move(key), .type = type.fingerprint, .tags = std::move(policy.tags)},
                              std::move(value));
}

Task<Result<std::shared_ptr<const void>>> Cache::load_once(std::string key, const detail::ValueType& type,
                                                           Policy policy, detail::Load load) {
  const auto state = state_;
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const std::uint64_t hash = state->hash_of(key);
  auto marks = state->tags.mark(policy.tags);
  auto flight = std::make_shared<detail::Flight>(detail::Flight{.key = std::move(key),
                                                                .hash = hash,
                                                                .type = &type,
                                                                .policy = std::move(policy),
                                                                .tags = std::move(marks),
                                                                .began = state->clock.steady(),
                                                                .load = std::move(load),
                                                                .purpose = detail::Flight::Purpose::answer});
  const auto waiter = std::make_shared<detail::Waiter>(detail::Waiter{.loop = loop});
  const auto start = [&state, &waiter, &flight, hash](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    waiter->resume = [slot, handler = std::move(handler)](boost::system::error_code failed) mutable {
      if (slot.is_connected()) slot.clear();
      std::move(handler)(failed);
    };
    if (slot.is_connected()) {
      slot.assign([state, hash, weak = std::weak_ptr(waiter)](asio::cancellation_type) {
        if (const auto still = weak.lock()) state->give_up(still, hash);
      });
    }
    state->wait(waiter, std::move(flight));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void(boost::system::error_code)>(
      start, asio::use_awaitable_t<LoopExecutor>{});
  if (waiter->outcome->thrown) std::rethrow_exception(waiter->outcome->thrown);
  co_return waiter->outcome->value;
}

Task<> Cache::refresh(std::string key, const detail::ValueType& type, Policy policy, detail::Load load) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const std::uint64_t hash = state_->hash_of(key);
  auto marks = state_->tags.mark(policy.tags);
  state_->refresh(loop, std::make_shared<detail::Flight>(detail::Flight{.key = std::move(key),
                                                                        .hash = hash,
                                                                        .type = &type,
                                                                        .policy = std::move(policy),
                                                                        .tags = std::move(marks),
                                                                        .began = state_->clock.steady(),
                                                                        .load = std::move(load),
                                                                        .purpose = detail::Flight::Purpose::refresh}));
}

Task<std::optional<std::chrono::milliseconds>> Cache::ttl(std::string key) {
  const auto state = state_;
  if (const auto here = state->ttl(key); here || state->shared == nullptr) co_return here;
  const auto there = co_await state->shared->ask({.text = std::move(key)}, SharedLevel::Want::value);
  if (!there || !there->value || there->value->left.fresh.count() <= 0) co_return std::nullopt;
  co_return there->value->left.fresh;
}

Task<> Cache::del(std::string key) { return forget({.keys = {std::move(key)}}); }
Task<> Cache::flush() { return forget({.extent = Changed::Extent::everything}); }
Task<> Cache::invalidate(std::string tag) { return forget({.tags = {std::move(tag)}}); }

// Twice in this level: between the two, a caller may have stored the second level's old value.
Task<> Cache::forget(Changed what) {
  const auto state = state_;
  state->forget_here(what);
  if (state->shared == nullptr) co_return;
  co_await async::shielded(state->shared->forget(what));
  state->forget_here(what);
}

Statistics Cache::statistics() const { return state_->statistics(); }

void Cache::close() { state_->close(); }

}  // namespace ashlar::cache
