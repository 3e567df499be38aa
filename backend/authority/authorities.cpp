// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/authorities.hpp"

#include "ashlar/async/deadline.hpp"
#include "backend/authority/authority_repository.hpp"

#include <chrono>
#include <utility>

namespace ashlar::backend {

namespace {

using namespace std::chrono_literals;

// A suspended process that goes on looks within some milliseconds.
constexpr auto lease_wait_max = 500ms;
constexpr auto lease_wait_step = 5ms;

}  // namespace

Authorities::Authorities(sql::Database& database, instances::InstanceRegister& instances, const Clock& clock,
                         AuthoritiesOptions options)
    : database_(database), instances_(instances), clock_(clock), cache_({.accounts_max = options.accounts_max}) {}

std::shared_ptr<const auth::Authority> Authorities::try_find(const Uuid& account, Clock::Steady now) {
  return cache_.find(account, now);
}

Task<Result<std::shared_ptr<const auth::Authority>>> Authorities::load(Uuid account) {
  co_await unwrap(wait_for_lease());
  const auto ticket = cache_.begin_load(account);
  auto loaded = co_await unwrap(AuthorityRepository(database_).load(account, cache_));
  if (!loaded) co_return nullptr;
  auto authority = std::make_shared<const auth::Authority>(std::move(*loaded));
  cache_.keep(ticket, authority);
  co_return authority;
}

void Authorities::invalidate(const std::optional<Uuid>& account) {
  if (account) {
    cache_.invalidate(*account);
  } else {
    cache_.invalidate_all();
  }
  if (listener_) listener_(account);
}

void Authorities::trust_until(Clock::Steady until) {
  trusted_until_ = until.time_since_epoch().count();
  cache_.trust_until(until);
}

// By the real time: a look of this process ends it.
Task<Result<>> Authorities::wait_for_lease() {
  const auto until = std::chrono::steady_clock::now() + lease_wait_max;
  while (clock_.steady().time_since_epoch().count() >= trusted_until_) {
    if (std::chrono::steady_clock::now() >= until)
      co_return fail(sql::errors::unavailable, "The rights of accounts cannot be read.");
    co_await async::sleep_for(lease_wait_step);
  }
  co_return Result<>{};
}

void Authorities::changed_after(api::UnitOfWork& unit, std::optional<Uuid> account) {
  unit.after_commit([this, account] { return announce(account); });
}

Task<> Authorities::announce(std::optional<Uuid> account) {
  invalidate(account);
  co_await instances_.wait_until_applied();
}

}  // namespace ashlar::backend
