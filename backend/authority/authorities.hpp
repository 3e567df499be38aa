// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/caller_source.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/authority_cache.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/redis/broadcast.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

struct AuthoritiesOptions {
  std::size_t accounts_max = 100'000;       // kept in memory: see auth::AuthorityCacheOptions
  std::chrono::milliseconds lease{10'000};  // without news from the database, what is kept is used for so long
};

// What accounts may do, kept in memory and read from the primary on a miss.
//
// changed_after() makes a change hold: in this instance when the call returns, and in every instance that Redis
// reaches. When one of these does not confirm in time, the call waits until the lease of that instance has ended. An
// instance that Redis does not reach reads the change with AuthoritySync's next look at the database, or its lease
// ends. Changes that nobody announced (by `ashlar`, by hand) arrive the same way: the database's triggers number all of
// them.
//
// Safe from every loop. What it is given outlives it. The Redis clients are closed before it is destroyed.
class Authorities final : public api::AuthoritySource {
 public:
  Authorities(sql::Database& database, AuthoritiesOptions options);

  // Announces changes to other instances, and hears theirs on the clients' first loop. Before the clients are started.
  // `on_subscribed`: what was announced before may have been missed.
  void share(redis::Clients& clients, const std::string& key_prefix, Random& random,
             std::function<void()> on_subscribed);
  // Called with each account that is invalidated, nullopt for all; from any loop. Set before the first call.
  void on_invalidated(std::function<void(const std::optional<Uuid>&)> listener) { listener_ = std::move(listener); }
  // Called with the end of each lease. Set before the first call.
  void on_lease(std::function<void(Clock::Steady)> listener) { lease_listener_ = std::move(listener); }

  [[nodiscard]] std::shared_ptr<const auth::Authority> try_find(const Uuid& account, Clock::Steady now) override;
  Task<Result<std::shared_ptr<const auth::Authority>>> load(Uuid account) override;

  // The unit changes what the account may do, or removes it; nullopt: what any account may do.
  void changed_after(api::UnitOfWork& unit, std::optional<Uuid> account);
  // In this instance alone.
  void invalidate(const std::optional<Uuid>& account);
  // All changes up to a look at the database that began then are known: what is kept is used for one lease from it.
  void renew_lease(Clock::Steady began);

  [[nodiscard]] const auth::AuthorityCache& cache() const { return cache_; }

 private:
  Task<> announce(std::optional<Uuid> account);
  void hear(std::string_view message);

  sql::Database& database_;
  const AuthoritiesOptions options_;
  auth::AuthorityCache cache_;
  std::function<void(const std::optional<Uuid>&)> listener_;
  std::function<void(Clock::Steady)> lease_listener_;
  std::unique_ptr<redis::Broadcast> broadcast_;  // null where there is no Redis
};

}  // namespace ashlar::backend
