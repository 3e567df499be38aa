// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/caller_source.hpp"
#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/auth/authority_cache.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/instances/instance_register.hpp"
#include "ashlar/sql/database.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace ashlar::backend {

struct AuthoritiesOptions {
  std::size_t accounts_max = 100'000;  // kept in memory: see auth::AuthorityCacheOptions
};

// What accounts may do, kept in memory and read from the primary on a miss.
//
// changed_after() makes a change hold everywhere when the call returns: in this instance, and in every other one that
// is registered (instances/instance_register.hpp). Changes by SQL arrive with AuthoritySync's next look at the
// database: its triggers number all of them.
//
// Nothing is used beyond the time that trust_until() was given. A call whose lease is over waits for the next look:
// an instance that was suspended uses neither rights nor sessions that ended meanwhile.
//
// Safe from every loop. What it is given outlives it.
class Authorities final : public api::AuthoritySource {
 public:
  Authorities(sql::Database& database, instances::InstanceRegister& instances, const Clock& clock,
              AuthoritiesOptions options);

  // Called with each account that is invalidated, nullopt for all; from any loop. Set before the first call.
  void on_invalidated(std::function<void(const std::optional<Uuid>&)> listener) { listener_ = std::move(listener); }

  [[nodiscard]] std::shared_ptr<const auth::Authority> try_find(const Uuid& account, Clock::Steady now) override;
  // Error database.unavailable when the lease is over and no look succeeds in half a second.
  Task<Result<std::shared_ptr<const auth::Authority>>> load(Uuid account) override;

  // The unit changes what the account may do, or removes it; nullopt: what any account may do.
  void changed_after(api::UnitOfWork& unit, std::optional<Uuid> account);
  // In this instance alone.
  void invalidate(const std::optional<Uuid>& account);
  // What is kept is used until then. At the start nothing is, until the first look.
  void trust_until(Clock::Steady until);

  [[nodiscard]] const auth::AuthorityCache& cache() const { return cache_; }

 private:
  Task<> announce(std::optional<Uuid> account);
  Task<Result<>> wait_for_lease();

  sql::Database& database_;
  instances::InstanceRegister& instances_;
  const Clock& clock_;
  auth::AuthorityCache cache_;
  std::atomic<Clock::Steady::rep> trusted_until_ = Clock::Steady::max().time_since_epoch().count();
  std::function<void(const std::optional<Uuid>&)> listener_;
};

}  // namespace ashlar::backend
