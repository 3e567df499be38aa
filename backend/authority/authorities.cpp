// SPDX-License-Identifier: Apache-2.0
#include "backend/authority/authorities.hpp"

#include "backend/authority/authority_repository.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ashlar::backend {

namespace asio = boost::asio;

namespace {

constexpr std::string_view all_accounts = "*";

using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor>;

Task<> wait_for(std::chrono::milliseconds time) {
  Timer timer(co_await asio::this_coro::executor, time);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable_t<LoopExecutor>{}, ignored));
}

}  // namespace

Authorities::Authorities(sql::Database& database, AuthoritiesOptions options)
    : database_(database), options_(options), cache_({.accounts_max = options.accounts_max}) {}

void Authorities::share(redis::Clients& clients, const std::string& key_prefix, Random& random,
                        std::function<void()> on_subscribed) {
  broadcast_ = std::make_unique<redis::Broadcast>(
      clients, key_prefix + "authority", random,
      redis::Subscriber::Handlers{.on_message = [this](std::string_view, std::string_view message) { hear(message); },
                                  .on_subscribed = std::move(on_subscribed)});
}

std::shared_ptr<const auth::Authority> Authorities::try_find(const Uuid& account, Clock::Steady now) {
  return cache_.find(account, now);
}

Task<Result<std::shared_ptr<const auth::Authority>>> Authorities::load(Uuid account) {
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

void Authorities::renew_lease(Clock::Steady began) {
  const Clock::Steady until = began + options_.lease;
  cache_.trust_until(until);
  if (lease_listener_) lease_listener_(until);
}

void Authorities::changed_after(api::UnitOfWork& unit, std::optional<Uuid> account) {
  unit.after_commit([this, account] { return announce(account); });
}

// An instance that does not confirm may still use what it keeps until its lease, which it renewed before the commit at
// the latest, has ended.
Task<> Authorities::announce(std::optional<Uuid> account) {
  invalidate(account);
  if (!broadcast_) co_return;
  const auto began = std::chrono::steady_clock::now();
  if (co_await broadcast_->publish(account ? account->to_string() : std::string(all_accounts))) co_return;
  const auto passed = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  if (passed < options_.lease) co_await wait_for(options_.lease - passed);
}

// What is not of our making is passed over.
void Authorities::hear(std::string_view message) {
  if (message == all_accounts) return invalidate(std::nullopt);
  if (const auto account = Uuid::parse(message)) invalidate(account);
}

}  // namespace ashlar::backend
