// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/auth/token.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ashlar::auth {

// Revocations of this process, in memory. An application that stores them adds them again at start. Entries expire with
// their tokens, so memory is bounded by the revocations of one access token's lifetime. Safe from any thread; while
// nothing is revoked, a check takes no lock.
class MemoryRevocations final : public Revocations {
 public:
  explicit MemoryRevocations(const Clock& clock) : clock_(clock) {}

  // `until`: the expiry of the token, or of the last token of the session.
  void revoke_token(std::string_view token_id, Timestamp until);
  void revoke_session(const Uuid& session, Timestamp until);
  // Called with each session that is newly revoked, without a lock, from the thread that revokes it. Set before the
  // first revocation; it must not block.
  void on_session_revoked(std::function<void(const Uuid&)> listener) { listener_ = std::move(listener); }
  [[nodiscard]] bool is_revoked(std::string_view token_id, const Uuid& session) const override;
  [[nodiscard]] std::size_t size() const;  // entries: at most twice the unexpired ones, or 64

 private:
  struct HashText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  void drop_expired();  // with the lock held

  const Clock& clock_;
  std::function<void(const Uuid&)> listener_;
  mutable std::shared_mutex mutex_;
  std::atomic<std::size_t> count_ = 0;
  std::size_t sweep_size_ = 64;
  std::unordered_map<std::string, Timestamp, HashText, std::equal_to<>> tokens_;
  std::unordered_map<Uuid, Timestamp> sessions_;
};

}  // namespace ashlar::auth
