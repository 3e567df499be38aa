// SPDX-License-Identifier: Apache-2.0
#include "ashlar/auth/revocations.hpp"

#include <algorithm>
#include <mutex>

namespace ashlar::auth {
namespace {

constexpr std::size_t sweep_size_min = 64;

}  // namespace

void MemoryRevocations::revoke_token(std::string_view token_id, Timestamp until) {
  const std::scoped_lock lock(mutex_);
  Timestamp& kept = tokens_.try_emplace(std::string(token_id), until).first->second;
  kept = std::max(kept, until);
  drop_expired();
}

void MemoryRevocations::revoke_session(const Uuid& session, Timestamp until) {
  if (session.is_nil()) return;  // no session, so none of its tokens
  {
    const std::scoped_lock lock(mutex_);
    const auto [place, is_new] = sessions_.try_emplace(session, until);
    place->second = std::max(place->second, until);
    drop_expired();
    if (!is_new) return;
  }
  if (listener_) listener_(session);
}

bool MemoryRevocations::is_revoked(std::string_view token_id, const Uuid& session) const {
  if (count_.load(std::memory_order_acquire) == 0) return false;
  const std::shared_lock lock(mutex_);
  const auto token = tokens_.find(token_id);
  const auto of_session = sessions_.find(session);
  if (token == tokens_.end() && of_session == sessions_.end()) return false;
  const Timestamp now = clock_.now();
  return (token != tokens_.end() && now < token->second) || (of_session != sessions_.end() && now < of_session->second);
}

std::size_t MemoryRevocations::size() const { return count_.load(std::memory_order_relaxed); }

// When there are twice as many as were left the last time, so that a revocation costs constant time on average.
void MemoryRevocations::drop_expired() {
  if (tokens_.size() + sessions_.size() >= sweep_size_) {
    const auto is_over = [now = clock_.now()](const auto& entry) { return entry.second <= now; };
    std::erase_if(tokens_, is_over);
    std::erase_if(sessions_, is_over);
    sweep_size_ = std::max(sweep_size_min, 2 * (tokens_.size() + sessions_.size()));
  }
  count_.store(tokens_.size() + sessions_.size(), std::memory_order_release);
}

}  // namespace ashlar::auth
