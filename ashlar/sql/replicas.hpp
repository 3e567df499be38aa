// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/uuid.hpp"
#include "ashlar/sql/database.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::log {
class Logger;
}

// Reads that may be slightly stale, on PostgreSQL's streaming replicas (hot standbys):
//
//   auto reads = replicas.reads_of(account);       // for this session; nullopt: no session
//   co_await PostRepository(reads).list(...);      // on a replica or the primary
//   replicas.note_write(account);                  // after a write, before the reply
//
// A replica is used while it has everything that the primary had `lag_max` ago. For a session it must also have all
// writes of that session, so a session reads its own writes. The position of a replica is computed from the primary's
// log position, which is queried periodically, and the replica's own. A replica that is unreachable, lags, or was
// promoted is skipped until it is usable again; a read that fails on a replica for such a reason is repeated on the
// primary. Writes, and reads in a transaction, always go to the primary.
//
// The application passes on what sessions wrote in other processes (note_write, set_peer_writes_visible). Without that,
// requests of one session that reach several processes read data that is at most `lag_max` old. Values to be cached for
// others (in a cache that writes invalidate) must be read from the primary: a stale one would be cached for long.
namespace ashlar::sql {

struct ReplicaOptions {
  std::chrono::milliseconds lag_max{2'000};
  std::chrono::milliseconds check_interval{100};     // between two checks of each; a fresh write waits for one or two
  std::chrono::milliseconds answer_time_max{1'000};  // of a check
  log::Logger* log = nullptr;                        // logs when a replica is skipped or used again; outlives this
};

class Replicas;

// The target of one session's reads, chosen at construction, so that all reads of a request see the same. Cheap; for
// one coroutine.
class ReplicaReads final : public Executor {
 public:
  [[nodiscard]] Dialect dialect() const override;
  Task<Result<Outcome>> execute(Statement statement) override;
  Task<Result<>> execute_both(Statement first, Statement second) override;
  [[nodiscard]] bool is_on_replica() const { return place_ != nullptr; }

 private:
  friend class Replicas;
  struct Place;
  ReplicaReads(Database& primary, Place* place) : primary_(&primary), place_(place) {}
  Task<Result<Outcome>> read_on_replica(Statement statement);
  Database* primary_;
  Place* place_;  // null: the primary
};

// Safe from any thread, except for start() and close(). Without replicas everything goes to the primary.
class Replicas {
 public:
  // An unreachable replica is no error: it is used once it answers.
  struct Replica {
    std::string name;  // for logs and metrics
    std::unique_ptr<Database> database;
  };
  // The primary outlives it.
  Replicas(Database& primary, std::vector<Replica> replicas, ReplicaOptions options = {});
  ~Replicas();
  Replicas(const Replicas&) = delete;
  Replicas& operator=(const Replicas&) = delete;

  // Starts checking them on this loop; until the first check all are skipped. Call before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // Closes them. Call when the loop's thread is joined and the primary is still open. Idempotent.
  void close();

  [[nodiscard]] ReplicaReads reads_of(const std::optional<Uuid>& session);
  void note_write(const Uuid& session);
  // Whether this process receives, before their replies, the writes of sessions in other processes (peers), and records
  // them with note_write. While it does not, sessions read from the primary. When it does again, every session counts
  // as having just written. Not called: there are no peers.
  enum class PeerWrites : std::uint8_t { visible, not_visible };
  void set_peer_writes_visible(PeerWrites writes);

  struct Figures {
    enum class State : std::uint8_t { left_out, in_use } state = State::left_out;
    std::chrono::milliseconds lag{0};  // the largest observed age of its data; 0 while it is skipped
    std::uint64_t reads = 0;
    std::uint64_t failed_over = 0;  // those of them that were repeated on the primary
  };
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] const std::string& name(std::size_t replica) const;
  [[nodiscard]] Figures figures(std::size_t replica) const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Watch;
  Task<> sample();
  Task<> look_at(ReplicaReads::Place& place);
  void report(ReplicaReads::Place& place, const Result<>& seen);
  [[nodiscard]] std::atomic<std::int64_t>& written_by(const Uuid& session);

  Database& primary_;
  const ReplicaOptions options_;
  std::vector<std::unique_ptr<ReplicaReads::Place>> places_;
  std::unique_ptr<Watch> watch_;  // null: not started, or closed
  std::atomic<std::size_t> next_ = 0;
  // The time of each session's last write, by its hash: a collision only causes more reads from the primary.
  std::vector<std::atomic<std::int64_t>> writes_;
  std::atomic<std::int64_t> peers_wrote_ =
      0;  // of any session in other processes; the maximum while their writes are not visible
};

}  // namespace ashlar::sql
