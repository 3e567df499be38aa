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

// Reads that may be a little old, on PostgreSQL's streaming replicas (hot standbys):
//
//   auto reads = replicas.reads_of(account);       // of this session; nullopt: no session
//   co_await PostRepository(reads).list(...);      // a replica's, or the primary's
//   replicas.note_write(account);                  // after it wrote, before it is answered
//
// A replica is used while it has everything that the primary had `lag_max` ago, and for a session only when it has all
// that the session wrote: so one reads what one wrote. How far it is is known from the primary's position in its log,
// asked for now and then, and the replica's own. One that is unreachable, lags, or was promoted is left out until it
// is back; a read that fails on one for such a reason is made on the primary. What is changed, or read in a
// transaction, is the primary's always.
//
// The application passes on what sessions wrote in other processes (note_write, set_peer_writes_visible); where it does
// not, requests of one session that reach several processes see what is at most `lag_max` old. Values that are kept for
// others (in a cache that writes invalidate) are read from the primary: an old one would be kept for long.
namespace ashlar::sql {

struct ReplicaOptions {
  std::chrono::milliseconds lag_max{2'000};
  std::chrono::milliseconds check_interval{100};     // between two looks at each; a fresh write waits for one or two
  std::chrono::milliseconds answer_time_max{1'000};  // of a look
  log::Logger* log = nullptr;                        // logs that one is left out or is back; outlives it
};

class Replicas;

// Where one session's reads go, chosen when it was made: so all of one request see the same. Cheap; for one coroutine.
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

// Safe from any thread, but for start() and close(). Without replicas everything is the primary's.
class Replicas {
 public:
  // An unreachable one is no error: it is used once it answers.
  struct Replica {
    std::string name;  // for logs and metrics
    std::unique_ptr<Database> database;
  };
  // The primary outlives it.
  Replicas(Database& primary, std::vector<Replica> replicas, ReplicaOptions options = {});
  ~Replicas();
  Replicas(const Replicas&) = delete;
  Replicas& operator=(const Replicas&) = delete;

  // Looks at them on this loop from now on; until then all are left out. Before the loop has a thread.
  void start(boost::asio::io_context& loop);
  // Closes them, when the loop's thread is joined and the primary is not closed. The second time it does nothing.
  void close();

  [[nodiscard]] ReplicaReads reads_of(const std::optional<Uuid>& session);
  void note_write(const Uuid& session);
  // Whether this process receives the writes of sessions in other processes (peers) before they are answered, and notes
  // them. While it does not, sessions read from the primary; when it does again, every session counts as having written
  // just then. Not called: there are no peers.
  enum class PeerWrites : std::uint8_t { visible, not_visible };
  void set_peer_writes_visible(PeerWrites writes);

  struct Figures {
    enum class State : std::uint8_t { left_out, in_use } state = State::left_out;
    std::chrono::milliseconds lag{0};  // at least so old is what it has been seen to have; 0 while it is left out
    std::uint64_t reads = 0;
    std::uint64_t failed_over = 0;  // of them, made on the primary in the end
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
  // When sessions wrote last, by a hash of theirs: two that share a place only read from the primary more often.
  std::vector<std::atomic<std::int64_t>> writes_;
  std::atomic<std::int64_t> peers_wrote_ =
      0;  // any session, in other processes; the largest time while their writes are not visible
};

}  // namespace ashlar::sql
