// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/token.hpp"

#include <atomic>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace ashlar::auth {

// Revocations of this process, in memory. Whoever keeps them durable adds them again at start. Entries end with the
// tokens they are about, so memory is bounded by the revocations of one access token's lifetime. Safe from any thread;
// while nothing is revoked, a look takes no lock.
class MemoryRevocations final : public Revocations {
 public:
  explicit MemoryRevocations(const Clock& clock) : clock_(clock) {}

  void revoke_token(std::string_view token_id, Timestamp until);
  void revoke_session(const Uuid& session, Timestamp until);
  [[nodiscard]] bool is_revoked(std::string_view token_id, const Uuid& session) const override;
  [[nodiscard]] std::size_t size() const;

 private:
  void drop_expired();

  const Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::atomic<std::size_t> count_ = 0;
  std::unordered_map<std::string, Timestamp> tokens_;
  std::unordered_map<Uuid, Timestamp> sessions_;
};

}  // namespace ashlar::auth
