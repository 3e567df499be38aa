// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/authority.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/uuid.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

// A cache of accounts' authorities in memory, so that a decision needs no database.
//
// The cache does not use a database. Its user loads an authority on a miss:
//
//   if (auto found = cache.find(account, clock.steady())) return found;
//   const auto ticket = cache.begin_load(account);         // before the read
//   ... read the account's roles, permissions and grants from the primary ...
//   cache.keep(ticket, authority);                         // not stored when it was invalidated meanwhile
//
// and invalidates it after the commit of every change. A find() that begins after invalidate() returned never returns
// an older authority. Returned authorities stay valid and immutable: a decision in progress continues with the one that
// it has.
namespace ashlar::auth {

struct AuthorityCacheOptions {
  // Accounts; a further one replaces one that was not used since the replacement scan last passed it. An account with
  // one role and no grant takes about 300 bytes, a grant about 250 more.
  std::size_t accounts_max = 100'000;
};

// Safe from any thread: a lock for each of 64 shards, held for one look-up.
class AuthorityCache {
 public:
  explicit AuthorityCache(AuthorityCacheOptions options = {});
  AuthorityCache(const AuthorityCache&) = delete;
  AuthorityCache& operator=(const AuthorityCache&) = delete;

  // Null when the account is not cached, or the cache is not trusted at `now`.
  [[nodiscard]] std::shared_ptr<const Authority> find(const Uuid& account, Clock::Steady now);

  struct LoadTicket {
    Uuid account;
    std::uint64_t invalidations = 0;
  };
  [[nodiscard]] LoadTicket begin_load(const Uuid& account) const;
  // Stores it unless the account may have been invalidated since begin_load().
  void keep(const LoadTicket& ticket, std::shared_ptr<const Authority> authority);

  void invalidate(const Uuid& account);
  void invalidate_all();

  // Until when the cached authorities are known to be current: a lease that the user extends whenever it has seen all
  // changes. Clock::Steady::max() at first, for a user that makes every change itself.
  void trust_until(Clock::Steady until) { trusted_until_ = until.time_since_epoch().count(); }

  // The copy of a role that all authorities share while they use it.
  [[nodiscard]] std::shared_ptr<const Role> share(Role role);

  struct Figures {
    std::size_t accounts = 0;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t invalidations = 0;  // invalidate_all() counts once
  };
  [[nodiscard]] Figures figures() const;

 private:
  struct Slot {
    std::shared_ptr<const Authority> authority;
    bool used = false;
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<Uuid, std::size_t> places;  // of accounts in `slots`
    std::vector<Slot> slots;
    std::size_t hand = 0;
    std::uint64_t invalidations = 0;
    std::uint64_t hits = 0, misses = 0;
  };
  static constexpr std::size_t shards_count = 64;

  [[nodiscard]] Shard& shard_of(const Uuid& account) const;
  static void remove(Shard& shard, std::size_t place);

  const std::size_t slots_max_;  // of each shard
  std::unique_ptr<std::array<Shard, shards_count>> shards_ = std::make_unique<std::array<Shard, shards_count>>();
  std::atomic<Clock::Steady::rep> trusted_until_ = Clock::Steady::max().time_since_epoch().count();
  std::atomic<std::uint64_t> invalidations_ = 0;
  std::mutex roles_mutex_;
  std::map<std::string, std::weak_ptr<const Role>, std::less<>> roles_;
};

}  // namespace ashlar::auth
