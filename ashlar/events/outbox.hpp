// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/unit_of_work.hpp"
#include "ashlar/events/event.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The stored events, and how far each consumer has read them. docs/design/events.md proves what is said here.
namespace ashlar::events {

namespace errors {
// Another instance has moved the position meanwhile: this one's effects are rolled back.
inline constexpr ErrorCode position_taken{ErrorKind::conflict, "events.position_taken"};
inline constexpr ErrorCode unknown_consumer{ErrorKind::not_found, "events.unknown_consumer"};
}  // namespace errors

// Where a new consumer begins.
enum class StartFrom : std::uint8_t { oldest, now };

// What a consumer has processed. A value; its members belong to Outbox.
//
// PostgreSQL: the events of the transactions that `snapshot` sees. In a round that takes several batches also those
// that `round_snapshot` sees, up to the sequence `round_floor`. `floor` is the greatest sequence of `snapshot`'s. Each
// transaction from the id `horizon` on began after `snapshot` was taken, so its sequences are greater than `floor`.
// SQLite: the events up to the sequence `floor`.
struct Position {
  std::string snapshot;
  std::int64_t horizon = 0;
  std::int64_t floor = 0;
  std::optional<std::string> round_snapshot;
  std::int64_t round_floor = 0;
  std::int64_t version = 0;
};

struct Batch {
  std::vector<Event> events;  // in the order in which they are to be processed
  Position next;              // after them
  bool is_last = true;        // false: there may be more at once
};

struct LeaseRequest {
  std::string consumer;
  Uuid holder;  // of this instance
  std::chrono::milliseconds time{};
};

struct RetentionOptions {
  std::chrono::hours age_max{7 * 24};       // of an event that every consumer has processed
  std::int64_t count_max = 1'000'000;       // of such events
  std::chrono::hours lagging_max{30 * 24};  // then it is removed although a consumer has not processed it
  std::int64_t rows_per_statement = 5'000;
};

// A consumer as an operator sees it.
struct ConsumerState {
  std::string name;
  std::int64_t sequence = 0;  // the greatest that it has processed
  std::int64_t waiting = 0;   // events that it has not; counted up to Outbox::waiting_counted_max
  Nullable<Timestamp> oldest_waiting_at;
  Nullable<Uuid> holder;  // the instance that reads now
  Nullable<Timestamp> lease_until;
  Timestamp updated_at;

  static ConsumerState example();
};
ASHLAR_DESCRIBE(ConsumerState, name, sequence, waiting, oldest_waiting_at, holder, lease_until, updated_at)

// Each event that a committed unit published is in exactly one batch of a consumer, if the consumer advances to
// Batch::next after each. Events of one key are in the order of its changes (see publish()). A transaction that stays
// open delays no event but its own.
//
// Safe from every loop; the database outlives it. It keeps no state but the last result of settled_sequence(). Errors:
// those of sql::errors, and what is said below.
class Outbox {
 public:
  explicit Outbox(sql::Database& database) : database_(database) {}

  // Does nothing when there is one of that name.
  Task<Result<>> add_consumer(std::string name, StartFrom start);
  // false: there is none of that name. Its events are not kept any longer on its account.
  Task<Result<bool>> remove_consumer(std::string name);

  // Acquires or extends the lease. nullopt: another instance holds it. Error events.unknown_consumer.
  Task<Result<std::optional<Position>>> acquire(LeaseRequest lease);
  Task<Result<>> release(std::string consumer, Uuid holder);

  // Must not run in the transaction that advances: a snapshot of a transaction counts its own changes as seen.
  Task<Result<Batch>> read(Position from, std::int64_t events_max);
  // Stores the position in the unit that holds the effects, and extends the lease. Error events.position_taken: a unit
  // of another instance has advanced it.
  static Task<Result<>> advance(api::UnitOfWork& unit, Position next, LeaseRequest lease);

  // Removes events by age and number; returns how many. The newest event always stays.
  Task<Result<std::int64_t>> prune(RetentionOptions options, Timestamp now);

  struct Extent {
    std::int64_t oldest = 0;  // sequences of the stored events; 0: none
    std::int64_t newest = 0;
  };
  Task<Result<Extent>> extent();
  Task<Result<std::vector<ConsumerState>>> consumers();
  static constexpr std::int64_t waiting_counted_max = 100'000;

  // The greatest sequence below which nothing new can appear: no open transaction holds a smaller one. Waits up to a
  // second for transactions that are committing; then it returns an earlier value.
  Task<Result<std::int64_t>> settled_sequence();
  // Those after `sequence` and up to settled_sequence(), in the order of their sequences.
  Task<Result<std::vector<Event>>> list_after(std::int64_t sequence, std::int64_t events_max);

 private:
  Task<Result<>> adopt_restored_rows();

  sql::Database& database_;
  std::atomic<std::int64_t> settled_ = 0;
};

}  // namespace ashlar::events
