// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/sql/database.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::redis {
class Clients;
}

namespace ashlar::jobs {

// Wakes workers once jobs are committed. A lost ring delays a job until the next poll, and never loses it. Rung after a
// commit, never inside a transaction: NOTIFY in a transaction takes a lock of the whole PostgreSQL cluster at COMMIT.
class Doorbell {
 public:
  using Listener = std::function<void()>;  // any thread; must not block or throw

  Doorbell() = default;
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;
  virtual ~Doorbell() = default;

  // Wakes the workers of this process at once, and those of others through send(). Rings that come while one is being
  // sent are sent as one. Safe from every loop.
  Task<> ring();

  // The worker of this process. Replaces the earlier one; empty: none.
  void listen(Listener listener);
  void heard() const;  // calls the listener

  // What receives the rings of other processes, until it is cancelled. For the loop of the worker.
  virtual Task<> receive();

 protected:
  virtual Task<> send();  // to other processes; in this base to none

 private:
  mutable std::mutex mutex_;
  Listener listener_;
  enum class Sending : unsigned char { idle, sending, again } sending_ = Sending::idle;
};

// For SQLite, and for tests: one process.
class LocalDoorbell final : public Doorbell {};

// NOTIFY in a transaction of its own, and LISTEN on a connection of its own.
[[nodiscard]] std::unique_ptr<Doorbell> postgres_doorbell(sql::Database& database, std::string listen_url);
// A Redis channel, <prefix>jobs. The clients are not started yet, and are closed before it is destroyed.
[[nodiscard]] std::unique_ptr<Doorbell> redis_doorbell(redis::Clients& clients, const std::string& key_prefix);

}  // namespace ashlar::jobs
