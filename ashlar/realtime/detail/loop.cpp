// SPDX-License-Identifier: Apache-2.0
#include "ashlar/realtime/detail/loop.hpp"

#include "ashlar/async/deadline.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <span>
#include <stdexcept>

namespace ashlar::realtime::detail {

namespace {

constexpr std::chrono::milliseconds sweep_interval{1'000};
constexpr std::chrono::hours forever{1};

}  // namespace

Loop::Loop(ServerState& the_server, Hub& the_hub, boost::asio::io_context& the_io)
    : server(the_server),
      io(the_io),
      hub(the_hub, the_io),
      sockets(the_io, the_server.services.clock, the_server.options.socket),
      swept_at_(the_server.services.clock.steady()),
      tasks_(the_io) {
  wakeup_.open(io);
}

Loop::~Loop() = default;

void Loop::close() {
  tasks_.cancel();
  async::run_to_end(io, tasks_.join());
  wakeup_.close();
}

void Loop::add(Peer& peer) {
  if (peers_.empty()) wakeup_.wake();  // for the sweeps
  peers_.emplace(peer.id(), &peer);
  ++server.peers;
  if (const auto& principal = peer.identity()->principal) {
    by_account_.emplace(principal->id, peer.id());
    if (!principal->session.is_nil()) by_session_.emplace(principal->session, peer.id());
  }
}

namespace {

void erase_from(std::unordered_multimap<Uuid, std::uint64_t>& index, const Uuid& key, std::uint64_t id) {
  const auto [first, last] = index.equal_range(key);
  for (auto each = first; each != last; ++each) {
    if (each->second != id) continue;
    index.erase(each);
    return;
  }
}

}  // namespace

void Loop::remove(Peer& peer) {
  peers_.erase(peer.id());
  --server.peers;
  if (const auto& principal = peer.identity()->principal) {
    erase_from(by_account_, principal->id, peer.id());
    if (!principal->session.is_nil()) erase_from(by_session_, principal->session, peer.id());
  }
}

Peer* Loop::find(std::uint64_t id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second;
}

void Loop::queue_check(std::uint64_t id) {
  if (Peer* peer = find(id)) peer->note_change();
  if (queued_.insert(id).second) queue_.push_back(id);
  wakeup_.wake();
}

void Loop::check_account(const std::optional<Uuid>& account) {
  if (!account) {
    for (const auto& [id, peer] : peers_) {
      if (peer->identity()->principal) queue_check(id);
    }
    return;
  }
  const auto [first, last] = by_account_.equal_range(*account);
  for (auto each = first; each != last; ++each) queue_check(each->second);
}

void Loop::end_session(const Uuid& session) {
  std::vector<std::uint64_t> ids;
  const auto [first, last] = by_session_.equal_range(session);
  for (auto each = first; each != last; ++each) ids.push_back(each->second);
  for (const std::uint64_t id : ids) {
    if (Peer* peer = find(id)) peer->end(Error(auth::errors::token_revoked, "The session has ended."));
  }
}

void Loop::drain() {
  draining_ = true;
  std::vector<std::uint64_t> ids;
  for (const auto& [id, peer] : peers_) ids.push_back(id);
  for (const std::uint64_t id : ids) {
    if (Peer* peer = find(id)) peer->restart(server.reconnect_delay());
  }
  sockets.close_all(CloseCode::service_restart, "restart");
}

Task<> Loop::run() {
  while (true) {
    if (!queue_.empty()) {
      const std::uint64_t id = queue_.front();
      queue_.pop_front();
      queued_.erase(id);
      try {
        co_await check(id);
      } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) throw;  // closed
        fail(id);
      } catch (const std::exception&) {
        fail(id);
      }
      continue;
    }
    co_await wakeup_.wait(peers_.empty() ? std::chrono::milliseconds(forever) : sweep_interval);
    sweep();
  }
}

// What cannot be checked is refused.
void Loop::fail(std::uint64_t id) {
  if (Peer* peer = find(id)) peer->end(Error(ashlar::errors::internal, "The connection could not be checked."));
}

// By the injected clock. The grants of an account begin and end without an event.
void Loop::sweep() {
  const Clock::Steady now = server.services.clock.steady();
  if (now - swept_at_ < sweep_interval) return;
  swept_at_ = now;
  const Timestamp time = server.services.clock.now();
  std::vector<std::uint64_t> expired;
  for (const auto& [id, peer] : peers_) {
    const auto& principal = peer->identity()->principal;
    if (principal && time >= principal->expires_at) {
      expired.push_back(id);
    } else if (peer->check_at() && time >= *peer->check_at()) {
      queue_check(id);
    }
  }
  for (const std::uint64_t id : expired) {
    if (Peer* peer = find(id)) peer->end(Error(auth::errors::token_expired, "The access token has expired."));
  }
  if (&io == &server.loops.front()->io) server.hub->sweep();
}

// A client can disconnect during each wait.
Task<> Loop::check(std::uint64_t id) {
  Peer* peer = find(id);
  if (peer == nullptr) co_return;
  const auto identity = peer->identity();
  const auto verified = co_await server.verify_again(identity);
  peer = find(id);
  if (peer == nullptr) co_return;
  if (!verified) co_return peer->end(verified.error());
  for (const std::string& channel : peer->channels()) {
    const auto topic = co_await decide(server, identity, channel, api::Invocation::Limits::exempt);
    peer = find(id);
    if (peer == nullptr) co_return;
    const auto heard = peer->topic_of(channel);
    if (!heard || (topic && *topic == *heard)) continue;
    peer->unsubscribe(channel);
    peer->unsubscribed(channel, topic ? Error(errors::subscription_ended, "Your rights have changed. Subscribe again.")
                                      : topic.error());
  }
  peer->plan_check();
}

ServerState::ServerState(ServerOptions the_options, ServerServices the_services)
    : options(std::move(the_options)), services(std::move(the_services)) {
  auto made = web::TrustedProxies::make(options.trusted_proxies);
  if (!made) throw std::invalid_argument("realtime: " + made.error().message());
  proxies = std::move(*made);
}

Loop* ServerState::loop_of(const boost::asio::execution_context& io) const {
  for (const auto& loop : loops) {
    if (&loop->io == &io) return loop.get();
  }
  return nullptr;
}

bool ServerState::admit(const Uuid& account) {
  const std::lock_guard lock(mutex_);
  std::size_t& count = clients_of_[account];
  if (count >= options.clients_per_account_max) return false;
  ++count;
  return true;
}

void ServerState::release(const Uuid& account) {
  const std::lock_guard lock(mutex_);
  const auto found = clients_of_.find(account);
  if (--found->second == 0) clients_of_.erase(found);
}

// By the real time: the feed of this process ends it.
Task<> ServerState::wait_for_feed(Position after) const {
  constexpr std::chrono::milliseconds pause{10};
  const auto until = std::chrono::steady_clock::now() + options.feed_wait_max;
  while (after.epoch == feed.epoch && hub->feed_offset() < after.offset && std::chrono::steady_clock::now() < until)
    co_await async::sleep_for(pause);
}

Task<Result<>> ServerState::verify_again(std::shared_ptr<const Identity> identity) const {
  if (identity->principal == nullptr) co_return Result<>{};
  if (!identity->api_key.empty()) co_await unwrap(api->authenticate(identity->api_key));
  api::AuthoritySource* authorities = api->options().authorities;
  if (authorities == nullptr || authorities->try_find(identity->principal->id, services.clock.steady()))
    co_return Result<>{};
  if (co_await unwrap(authorities->load(identity->principal->id)) == nullptr)
    co_return ashlar::fail(auth::errors::token_revoked, "This account does not exist any more.");
  co_return Result<>{};
}

std::chrono::milliseconds ServerState::reconnect_delay() const {
  std::uint64_t bits = 0;
  services.random.fill(std::as_writable_bytes(std::span(&bits, 1)));
  const auto spread = static_cast<std::uint64_t>(options.reconnect_spread.count());
  return std::chrono::milliseconds(spread == 0 ? 0 : bits % spread);
}

}  // namespace ashlar::realtime::detail
