// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/auth/revocations.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/redis/clients.hpp"
#include "backend/auth/ended_sessions.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace ashlar::backend {

// Tells the other instances, over Redis, which sessions have ended, and hears it from them. Each one that hears it
// confirms, so that who ends a session can wait until no instance takes its tokens any more. What Redis does not bring
// is in the database all the same: see RevocationSync.
//
// On the channel <prefix>revoked: "<instance> <number> <until, ms> <session>...". On <prefix>revoked:<instance>, which
// that instance hears: "<number>", from each that has taken it in.
//
// Hears on the first loop of the clients. announce() is for every loop.
class RevocationBroadcast {
 public:
  // Subscribes, so the clients are not started yet. `on_subscribed`, on the first loop: what was announced before may
  // have been missed.
  RevocationBroadcast(redis::Clients& clients, const std::string& key_prefix, auth::MemoryRevocations& revocations,
                      const Clock& clock, Random& random, std::function<void()> on_subscribed);
  ~RevocationBroadcast();  // it was closed, or never started
  RevocationBroadcast(const RevocationBroadcast&) = delete;
  RevocationBroadcast& operator=(const RevocationBroadcast&) = delete;

  void start(boost::asio::io_context& first_loop);
  void close();  // as redis::Clients::close(), and before it

  // Returns when every instance that Redis reaches has taken it in; after command_time_max without one of them. Never
  // fails: false when Redis is away, or not all have confirmed.
  Task<bool> announce(EndedSessions ended);

 private:
  struct Announcement;  // one that waits to be confirmed
  class Listed;
  void heard(std::string_view message);
  void confirmed(std::string_view message);
  Task<> confirm(std::string instance, std::string number);

  redis::Clients& clients_;
  const std::string instance_, channel_;
  auth::MemoryRevocations& revocations_;
  const Clock& clock_;
  boost::asio::io_context* loop_ = nullptr;
  std::optional<async::TaskScope> tasks_;  // confirmations on their way
  std::mutex mutex_;                       // of what follows, and of what is in it
  std::uint64_t announced_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Announcement>> waiting_;
};

}  // namespace ashlar::backend
