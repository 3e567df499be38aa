// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/caller_source.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/sql/database.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ashlar::backend {

struct ApiKeysOptions {
  std::size_t keys_max = 10'000;                      // cached; a further one replaces the oldest
  std::size_t unknown_max = 10'000;                   // ids without a key, cached so that they cost no look-up
  std::chrono::milliseconds use_noted_every{60'000};  // of one key, in the database
};

// Verifies API keys from memory, and from the database when a key is not cached. Expiry is compared with the clock at
// each call. A cached key is dropped when its account's rights change, which the database's triggers also record for a
// removed key, and is not used beyond the lease.
//
// Safe from every loop. The constructor's arguments outlive it.
class ApiKeys final : public api::ApiKeySource {
 public:
  ApiKeys(sql::Database& database, const Clock& clock, ApiKeysOptions options)
      : database_(database), clock_(clock), options_(options) {}

  [[nodiscard]] bool is_key(std::string_view credential) const override { return credential.starts_with("ash_"); }
  [[nodiscard]] std::optional<Verified> try_verify(std::string_view key, Clock::Steady now) override;
  Task<Verified> verify(std::string key) override;

  // The keys of the account; nullopt: of all.
  void forget(const std::optional<Uuid>& account);
  void trust_until(Clock::Steady until) { trusted_until_ = until.time_since_epoch().count(); }

  // Writes the time of last use of the keys whose use was not recorded for a minute. A failure is retried at the next
  // use. For one loop.
  Task<> write_uses();

 private:
  struct Entry {
    std::string hash;
    std::shared_ptr<const auth::Principal> principal;
    std::optional<Timestamp> expires_at;
    Timestamp noted_at;
  };
  using Entries = std::unordered_map<Uuid, Entry>;

  [[nodiscard]] Verified check(Entry& entry, std::string_view key);  // with the lock held
  void keep(const Uuid& id, Entry entry, std::uint64_t forgotten);
  void keep_unknown(const Uuid& id);

  sql::Database& database_;
  const Clock& clock_;
  const ApiKeysOptions options_;
  std::atomic<Clock::Steady::rep> trusted_until_ = Clock::Steady::max().time_since_epoch().count();

  std::mutex mutex_;  // guards the members below
  Entries entries_;
  std::deque<Uuid> order_;  // of entries_, the oldest first, including dropped ones
  std::unordered_set<Uuid> unknown_;
  std::deque<Uuid> unknown_order_;
  std::unordered_set<Uuid> used_;  // to be written
  std::uint64_t forgotten_ = 0;    // number of invalidations
};

}  // namespace ashlar::backend
