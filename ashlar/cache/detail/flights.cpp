// SPDX-License-Identifier: Apache-2.0
#include "ashlar/async/deadline.hpp"
#include "ashlar/cache/detail/state.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace ashlar::cache {
namespace asio = boost::asio;

namespace {

using detail::Flight;
using detail::Outcome;
using detail::Waiter;
using detail::Waiters;

Error closed_error() { return {errors::overloaded, "The server is shutting down."}; }

// Whether a stale value is preferable to this outcome.
bool is_trouble(const Error& error) {
  return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out ||
         error.kind() == ErrorKind::internal;
}

}  // namespace

void Cache::State::deliver(Waiters waiters, const std::shared_ptr<const Outcome>& outcome) {
  for (auto& waiter : waiters) {
    waiter->outcome = outcome;
    asio::post(waiter->loop, [waiter] { std::exchange(waiter->resume, nullptr)({}); });
  }
}

void Cache::State::wait(const std::shared_ptr<Waiter>& waiter, std::shared_ptr<Flight> flight) {
  std::shared_ptr<const Outcome> known;
  {
    Shard& shard = shard_of(flight->hash);
    const std::scoped_lock lock(shard.mutex);
    const auto now = clock.steady();
    const detail::Entry* const entry = shard.store.find(flight->hash, flight->key, now);
    if (entry != nullptr && entry->type == flight->type && is_fresh(*entry, now)) {
      known = std::make_shared<Outcome>(Outcome{.value = entry->value});  // it has just arrived
    } else if (closed) {
      known = std::make_shared<Outcome>(Outcome{.value = std::unexpected(closed_error())});
    } else {
      auto& running = shard.flights[flight->hash];
      if (running && running->is_of(flight->key, *flight->type) && running->holds()) {
        running->waiters.push_back(waiter);
        waiter->flight = running;
        return;
      }
      if (running) running->kept = false;
      running = flight;
      flight->waiters.push_back(waiter);
      waiter->flight = flight;
      shard.running.push_back(flight);
    }
  }
  if (known) return deliver({waiter}, known);
  begin(waiter->loop, flight);
}

void Cache::State::give_up(const std::shared_ptr<Waiter>& waiter, std::uint64_t hash) {
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  if (waiter->flight == nullptr) return;  // it has an outcome already
  std::erase(waiter->flight->waiters, waiter);
  waiter->flight.reset();
  asio::post(waiter->loop, [waiter] { std::exchange(waiter->resume, nullptr)(asio::error::operation_aborted); });
}

void Cache::State::refresh(const LoopExecutor& loop, const std::shared_ptr<Flight>& flight) {
  {
    Shard& shard = shard_of(flight->hash);
    const std::scoped_lock lock(shard.mutex);
    if (closed || refreshes >= options.refreshes_max) return;
    auto& running = shard.flights[flight->hash];
    if (running && running->is_of(flight->key, *flight->type) && running->holds()) return;
    if (running) running->kept = false;
    running = flight;
    shard.running.push_back(flight);
    ++refreshes;
  }
  begin(loop, flight);
}

// Lands the flight even when its loop is destroyed under it.
class Cache::State::Landing {
 public:
  Landing(std::shared_ptr<State> state, std::shared_ptr<Flight> flight)
      : state_(std::move(state)), flight_(std::move(flight)) {}
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;
  ~Landing() {
    if (flight_) state_->abandon(*flight_);
  }
  void land(Result<detail::Fresh> loaded, std::exception_ptr thrown, const Lifetimes& left) {
    const auto flight = std::exchange(flight_, nullptr);
    state_->land(*flight, std::move(loaded), std::move(thrown), left);
  }
  void landed() { flight_.reset(); }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Flight> flight_;
};

Task<> Cache::State::fly(std::shared_ptr<State> self, std::shared_ptr<Flight> flight) {
  Landing landing(self, flight);
  std::optional<Lease> lease;
  if (self->shares(flight->key, *flight->type)) {
    auto from = co_await self->ask_shared(flight);
    if (from.next == FromShared::Next::landed) co_return landing.landed();
    lease = std::move(from.lease);
  }
  self->count(*flight, [](Statistics& counts) { ++counts.loads; });
  Result<detail::Fresh> loaded;
  std::exception_ptr thrown;
  try {
    loaded = co_await async::with_deadline(flight->load(), self->options.load_time_max);
  } catch (...) {
    thrown = std::current_exception();
  }
  const bool failed = thrown || !loaded;
  const Lifetimes left = failed ? Lifetimes{} : self->lifetimes_of(flight->policy, *loaded);
  std::optional<SharedValue> to_share;
  if (lease && !failed) to_share = self->shared_value(std::exchange(loaded->json, {}), *loaded, left);
  landing.land(std::move(loaded), std::move(thrown), left);
  if (lease) co_await self->share(flight, std::move(*lease), std::move(to_share));
}

// Not cancellable: only its own deadline ends it.
void Cache::State::begin(const LoopExecutor& loop, const std::shared_ptr<Flight>& flight) {
  flight->loop = loop;
  asio::co_spawn(loop, fly(shared_from_this(), flight), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void Cache::State::land(Flight& flight, Result<detail::Fresh> loaded, std::exception_ptr thrown,
                        const Lifetimes& left) {
  if (flight.purpose == Flight::Purpose::refresh) --refreshes;
  const bool failed = thrown || !loaded;
  const bool troubled = thrown || (!loaded && is_trouble(loaded.error()));
  auto entry =
      failed ? nullptr : entry_of(flight.key, flight.hash, *flight.type, left, flight.tags, *loaded, flight.began);
  auto outcome = std::make_shared<Outcome>(Outcome{.value = {}, .thrown = std::move(thrown)});
  if (!outcome->thrown)
    outcome->value = failed ? Result<std::shared_ptr<const void>>(std::unexpected(loaded.error()))
                            : Result<std::shared_ptr<const void>>(loaded->value);
  Waiters waiters;
  {
    Shard& shard = shard_of(flight.hash);
    const std::scoped_lock lock(shard.mutex);
    if (failed) ++shard.counts.load_failures;
    const auto now = clock.steady();
    detail::Entry* const before = flight.kept ? shard.store.find(flight.hash, flight.key, now) : nullptr;
    if (troubled && before != nullptr && before->type == flight.type) {
      const auto usable_until = std::max(before->stale_until, before->error_until);
      before->retry_at = std::min(now + flight.policy.retry_delay, usable_until);
      if (now < usable_until && !flight.waiters.empty()) {
        ++shard.counts.stale_hits;
        *outcome = Outcome{.value = before->value};
      }
    } else if (entry && flight.kept && flight.holds()) {
      shard.store.put(std::move(entry));
    } else if (flight.kept && !troubled) {
      shard.store.erase(flight.hash, flight.key);  // the stored value is no longer current
    }
    shard.over(flight);
    waiters = take_waiters(flight);
  }
  deliver(std::move(waiters), outcome);
}

// The flight's loop is being destroyed together with its own waiters.
void Cache::State::abandon(Flight& flight) {
  if (flight.purpose == Flight::Purpose::refresh) --refreshes;
  Waiters waiters;
  {
    Shard& shard = shard_of(flight.hash);
    const std::scoped_lock lock(shard.mutex);
    shard.over(flight);
    waiters = take_waiters(flight);
  }
  for (auto& waiter : waiters) {
    if (waiter->loop == flight.loop) const auto dropped = std::exchange(waiter->resume, nullptr);
  }
  std::erase_if(waiters, [&flight](const auto& waiter) { return waiter->loop == flight.loop; });
  deliver(std::move(waiters), std::make_shared<Outcome>(Outcome{.value = std::unexpected(closed_error())}));
}

void Cache::State::close() {
  closed = true;
  const auto outcome = std::make_shared<Outcome>(Outcome{.value = std::unexpected(closed_error())});
  for (const auto& shard : shards) {
    Waiters waiters;
    {
      const std::scoped_lock lock(shard->mutex);
      shard->flights.clear();
      for (const auto& flight : shard->running) {
        flight->kept = false;
        std::ranges::move(take_waiters(*flight), std::back_inserter(waiters));
      }
    }
    deliver(std::move(waiters), outcome);
  }
}

// Needs the shard's lock.
Waiters Cache::State::take_waiters(Flight& flight) {
  Waiters out = std::exchange(flight.waiters, {});
  for (const auto& waiter : out) waiter->flight.reset();
  return out;
}

void Cache::State::Shard::detach(std::uint64_t hash) {
  const auto at = flights.find(hash);
  if (at == flights.end()) return;
  at->second->kept = false;
  flights.erase(at);
}

void Cache::State::Shard::over(const Flight& flight) {
  const auto at = flights.find(flight.hash);
  if (at != flights.end() && at->second.get() == &flight) flights.erase(at);
  std::erase_if(running, [&flight](const auto& other) { return other.get() == &flight; });
}

}  // namespace ashlar::cache
