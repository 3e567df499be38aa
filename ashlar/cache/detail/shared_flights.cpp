// SPDX-License-Identifier: Apache-2.0
// The second level's part of a flight: it looks there first, and stores what it has loaded.
#include "ashlar/async/deadline.hpp"
#include "ashlar/cache/detail/state.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ashlar::cache {

using detail::Flight;
using detail::Outcome;
using detail::Waiters;

namespace {

SharedKey key_of(const Flight& flight) {
  return {.text = flight.key, .type = flight.type->fingerprint, .tags = flight.policy.tags};
}

}  // namespace

// Waits for another process that loads the value, unless a stale value can be served meanwhile.
Task<Cache::State::FromShared> Cache::State::ask_shared(std::shared_ptr<Flight> flight) {
  using Next = FromShared::Next;
  const auto until = std::chrono::steady_clock::now() + options.lease_wait_max;
  for (bool first = true;; first = false) {
    auto answer = co_await shared->ask(key_of(*flight), SharedLevel::Want::value_or_lease);
    const Took took = !answer ? Took::failed : answer->value ? take_shared(*flight, *answer->value) : Took::nothing;
    count(*flight, [&](Statistics& counts) {
      if (took == Took::failed) ++counts.shared.failures;
      if (took == Took::fresh) ++counts.shared.hits;
      if (took == Took::stale) ++counts.shared.stale_hits;
      if (took == Took::nothing && first) ++counts.shared.misses;
      if (took == Took::nothing && first && !answer->lease) ++counts.shared.waits;
    });
    if (took == Took::fresh) co_return FromShared{.next = Next::landed};
    if (took == Took::failed || answer->lease)
      co_return FromShared{.lease = answer ? std::move(answer->lease) : std::nullopt};
    if (end_if_unwanted(*flight)) co_return FromShared{.next = Next::landed};
    if (std::chrono::steady_clock::now() >= until || closed) co_return FromShared{};
    co_await async::sleep_for(options.lease_poll_interval);
  }
}

// Stores a value that may only be served when the load fails; `stale`: the waiters have received it.
Cache::State::Took Cache::State::take_shared(Flight& flight, const SharedValue& value) {
  detail::Fresh fresh;
  if (value.json) {
    auto read = flight.type->read(*value.json);
    if (!read) return Took::failed;
    fresh = std::move(*read);
  }
  const bool is_fresh = value.left.fresh.count() > 0;
  const bool is_given = is_fresh || value.left.stale.count() > 0;
  auto entry = entry_of(flight.key, flight.hash, *flight.type, value.left, flight.tags, fresh, flight.began);
  Waiters waiters;
  {
    Shard& shard = shard_of(flight.hash);
    const std::scoped_lock lock(shard.mutex);
    if (entry && flight.kept && flight.holds()) shard.store.put(std::move(entry));
    if (is_fresh) shard.over(flight);
    if (is_given) waiters = take_waiters(flight);
  }
  if (is_fresh && flight.purpose == Flight::Purpose::refresh) --refreshes;
  deliver(std::move(waiters), std::make_shared<Outcome>(Outcome{.value = fresh.value}));
  return is_fresh ? Took::fresh : is_given ? Took::stale : Took::nothing;
}

// Another process loads a value that no caller waits for here: a stale value was served, or existed before.
bool Cache::State::end_if_unwanted(Flight& flight) {
  {
    Shard& shard = shard_of(flight.hash);
    const std::scoped_lock lock(shard.mutex);
    if (!flight.waiters.empty()) return false;
    shard.over(flight);
  }
  if (flight.purpose == Flight::Purpose::refresh) --refreshes;
  return true;
}

Task<std::shared_ptr<const void>> Cache::State::find_shared(std::string key, const detail::ValueType& type) {
  const auto answer =
      co_await shared->ask({.text = std::move(key), .type = type.fingerprint}, SharedLevel::Want::value);
  if (!answer || !answer->value || !answer->value->json || answer->value->left.fresh.count() <= 0) co_return nullptr;
  auto read = type.read(*answer->value->json);
  co_return read ? std::move(read->value) : nullptr;
}

SharedValue Cache::State::shared_value(std::string json, const detail::Fresh& fresh, const Lifetimes& left) const {
  if (!fresh.value) return {.left = left};
  if (fresh.bytes > value_bytes_max) return {.json = std::string()};
  return {.json = std::move(json), .left = left};
}

// What was dropped here since the load began was dropped there as well, and the lease has ended.
Task<> Cache::State::share(std::shared_ptr<Flight> flight, Lease lease, std::optional<SharedValue> value) {
  if (!value) {
    co_await shared->release(key_of(*flight), std::move(lease));
    co_return;
  }
  const auto kept = co_await shared->put(key_of(*flight), std::move(lease), std::move(*value));
  if (!kept) count(*flight, [](Statistics& counts) { ++counts.shared.failures; });
}

}  // namespace ashlar::cache
