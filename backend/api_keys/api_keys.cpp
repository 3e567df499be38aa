// SPDX-License-Identifier: Apache-2.0
#include "backend/api_keys/api_keys.hpp"

#include "ashlar/auth/api_key.hpp"
#include "ashlar/auth/token.hpp"
#include "backend/api_keys/api_key_repository.hpp"

#include <utility>

namespace ashlar::backend {

namespace {

std::unexpected<Error> invalid() { return fail(auth::errors::token_invalid, "The API key is not valid."); }

std::shared_ptr<const auth::Principal> principal_of(const ApiKeyRow& row) {
  auto out = std::make_shared<auth::Principal>();
  out->id = row.user_id;
  out->expires_at = row.expires_at ? *row.expires_at : Timestamp::from_milliseconds(Timestamp::milliseconds_max);
  auth::PresentedKey& key = out->api_key.emplace();
  key.id = row.id;
  for (const std::string& text : row.permissions) {
    if (auto pattern = auth::PermissionPattern::parse(text)) key.permissions.push_back(std::move(*pattern));
  }
  return out;
}

}  // namespace

ApiKeys::Verified ApiKeys::check(Entry& entry, std::string_view key) {
  if (!auth::api_key_matches(key, entry.hash)) return invalid();
  const Timestamp now = clock_.now();
  if (entry.expires_at && now >= *entry.expires_at)
    return fail(auth::errors::token_expired, "The API key has expired.");
  if (now - entry.noted_at >= options_.use_noted_every) {
    entry.noted_at = now;
    used_.insert(entry.principal->api_key->id);
  }
  return entry.principal;
}

std::optional<ApiKeys::Verified> ApiKeys::try_verify(std::string_view key, Clock::Steady now) {
  const auto id = auth::parse_api_key(key);
  if (!id) return invalid();
  const bool trusted = now.time_since_epoch().count() < trusted_until_.load(std::memory_order_acquire);
  const std::scoped_lock lock(mutex_);
  if (unknown_.contains(*id)) return invalid();
  const auto found = entries_.find(*id);
  if (!trusted || found == entries_.end()) return std::nullopt;
  return check(found->second, key);
}

Task<ApiKeys::Verified> ApiKeys::verify(std::string key) {
  const auto id = auth::parse_api_key(key);
  if (!id) co_return invalid();
  std::uint64_t forgotten = 0;
  {
    const std::scoped_lock lock(mutex_);
    forgotten = forgotten_;
  }
  const auto row = co_await unwrap(ApiKeyRepository(database_).find(*id));
  if (!row) {
    keep_unknown(*id);
    co_return invalid();
  }
  // Not cached: its keys work again when it is enabled.
  if (!co_await unwrap(ApiKeyRepository(database_).is_of_enabled_account(*row))) co_return invalid();
  Entry entry{.hash = row->hash,
              .principal = principal_of(*row),
              .expires_at = row->expires_at ? std::optional(*row->expires_at) : std::nullopt,
              .noted_at = row->last_used_at ? *row->last_used_at : Timestamp{}};
  Verified verified = [&] {
    const std::scoped_lock lock(mutex_);
    return check(entry, key);
  }();
  keep(*id, std::move(entry), forgotten);
  co_return verified;
}

void ApiKeys::keep(const Uuid& id, Entry entry, std::uint64_t forgotten) {
  const std::scoped_lock lock(mutex_);
  if (forgotten != forgotten_) return;
  if (entries_.insert_or_assign(id, std::move(entry)).second) order_.push_back(id);
  while (order_.size() > options_.keys_max) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

// An id without a key never gets one: ids of new keys are chosen here, at random.
void ApiKeys::keep_unknown(const Uuid& id) {
  const std::scoped_lock lock(mutex_);
  if (unknown_.insert(id).second) unknown_order_.push_back(id);
  while (unknown_order_.size() > options_.unknown_max) {
    unknown_.erase(unknown_order_.front());
    unknown_order_.pop_front();
  }
}

void ApiKeys::forget(const std::optional<Uuid>& account) {
  const std::scoped_lock lock(mutex_);
  ++forgotten_;
  if (account) {
    const auto erased =
        std::erase_if(entries_, [&](const auto& each) { return each.second.principal->id == *account; });
    if (erased > 0) std::erase_if(order_, [&](const Uuid& id) { return !entries_.contains(id); });
  } else {
    entries_.clear();
    order_.clear();
  }
}

Task<> ApiKeys::write_uses() {
  std::vector<Uuid> ids;
  {
    const std::scoped_lock lock(mutex_);
    ids.assign(used_.begin(), used_.end());
    used_.clear();
  }
  if (!ids.empty()) (void)co_await ApiKeyRepository(database_).note_use(std::move(ids), clock_.now());
}

}  // namespace ashlar::backend
