// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/cache.hpp"

#include "ashlar/cache/detail/state.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ashlar::cache {
namespace asio = boost::asio;

Cache::Cache(CacheOptions options, const Clock& clock, Random& random)
    : state_(std::make_shared<State>(options, clock, random)) {}

Cache::~Cache() { close(); }

detail::Found Cache::find(const std::string& key, const schema::Type& type, Ask ask) {
  return state_->find(key, type, ask);
}

void Cache::put(std::string key, const schema::Type& type, Policy policy, detail::Fresh fresh) {
  state_->put(std::move(key), type, policy, std::move(fresh));
}

Task<Result<std::shared_ptr<const void>>> Cache::load_once(std::string key, const schema::Type& type, Policy policy,
                                                           detail::Load load) {
  const auto state = state_;
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const std::uint64_t hash = state->hash_of(key);
  auto marks = state->tags.mark(policy.tags);
  auto flight = std::make_shared<detail::Flight>(detail::Flight{.key = std::move(key),
                                                                .hash = hash,
                                                                .type = &type,
                                                                .policy = std::move(policy),
                                                                .tags = std::move(marks),
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

Task<> Cache::refresh(std::string key, const schema::Type& type, Policy policy, detail::Load load) {
  const LoopExecutor loop = co_await asio::this_coro::executor;
  const std::uint64_t hash = state_->hash_of(key);
  auto marks = state_->tags.mark(policy.tags);
  state_->refresh(loop, std::make_shared<detail::Flight>(detail::Flight{.key = std::move(key),
                                                                        .hash = hash,
                                                                        .type = &type,
                                                                        .policy = std::move(policy),
                                                                        .tags = std::move(marks),
                                                                        .load = std::move(load),
                                                                        .purpose = detail::Flight::Purpose::refresh}));
}

Task<std::optional<std::chrono::milliseconds>> Cache::ttl(std::string key) { co_return state_->ttl(key); }

Task<> Cache::del(std::string key) {
  state_->erase(key);
  co_return;
}

Task<> Cache::flush() {
  state_->flush();
  co_return;
}

Task<> Cache::invalidate(std::string tag) {
  state_->tags.invalidate(tag);
  co_return;
}

Statistics Cache::statistics() const { return state_->statistics(); }

void Cache::close() { state_->close(); }

}  // namespace ashlar::cache
