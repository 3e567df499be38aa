// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace ashlar::log {
class Logger;
}

// PostgreSQL 15 or later, through libpq's pipeline mode.
//
// Each event loop has its own connections, opened when a coroutine of that loop first needs one. Only the loop's thread
// uses them, so a query takes no lock. Statements from all requests of a loop share a few pipelined connections. Each
// statement is its own transaction, with two exceptions: quick reads that are sent together, and plain inserts that
// wait for a commit, share one. When one of these fails, the others are run once more, so that a failure does not
// affect other requests. Writes have separate connections, so that no read waits for a disk. A Transaction has a
// connection of its own, from another pool.
//
// Parameters: bool, int8, float8, bytea, uuid and timestamptz in binary; text without a type, so that the server infers
// it (text, json, an enum, a date, ...); NULL for any type. Integers fit columns of every width; where a function needs
// an int4, write `$1::int4`. Results are binary. Parameters are $1, $2, ... in any order, all of them used. Refused
// with database.failed: transaction control, session settings, COPY, several statements in one text, and a write that
// was declared as a read. SET LOCAL, SET TRANSACTION and SET CONSTRAINTS are allowed in transactions.
//
// A result is held in memory completely: queries need a LIMIT. A write with `on_row` (RETURNING) is committed after its
// rows were read; if on_row throws, it is rolled back.
//
// When the server is unreachable, statements wait up to `acquire_time_max` for it and then end with
// database.unavailable and Retry-After; connections are reopened automatically. A read whose connection is lost is sent
// once more. A write is not, since it may have been executed: database.outcome_unknown. Cancelling the coroutine
// cancels the statement on the server.
namespace ashlar::sql::postgres {

using sql::Isolation;

// Whether open() connects, or leaves that to the first statement.
enum class AtOpen : std::uint8_t { connect, nothing };

// What is between us and the server. `transaction`: a pooler such as PgBouncer with pool_mode=transaction, which gives
// each transaction any of its server sessions. Then no state is kept in a session (no prepared statements, no SET), and
// so
//   - each statement is parsed again;
//   - `isolation` applies to transactions; a single statement has the role's default;
//   - only the driver enforces time limits: by a cancel request half a second after statement_time_max. A write that
//     exceeds it is database.outcome_unknown, unless the role has a shorter statement_timeout;
//   - the server's TimeZone must be UTC (alter database NAME set timezone = 'UTC'), otherwise no connection is made.
enum class Pooler : std::uint8_t { none, transaction };

struct Options {
  std::string url{};  // postgresql://user:password@host:port/name?sslmode=verify-full, or libpq's key=value form
  Pooler pooler = Pooler::none;
  // The server itself, bypassing the pooler, for what needs a session: migrations with their lock, and LISTEN
  // (subscriber.hpp). Required with Pooler::transaction.
  std::string direct_url{};

  // Their sum times the loops of all processes must be below the server's max_connections. They are opened when needed.
  std::size_t connections_per_loop = 2;        // for reads, pipelined
  std::size_t write_connections_per_loop = 6;  // for single writes: one commit at a time each
  std::size_t transactions_per_loop = 4;       // open concurrently; more wait
  std::size_t pipeline_max = 32;               // statements in flight on one connection; more wait
  std::size_t queue_max = 4096;      // statements that wait, per kind and loop; a further one is database.unavailable
  std::size_t statements_max = 256;  // prepared statements cached per connection

  std::chrono::milliseconds acquire_time_max{800};         // a wait for a connection; then database.unavailable
  std::chrono::milliseconds statement_time_max{10'000};    // the server cancels it: database.timed_out
  std::chrono::milliseconds transaction_time_max{10'000};  // from begin(); then it is rolled back
  std::chrono::milliseconds connect_time_max{2'000};       // one attempt; libpq counts whole seconds, at least two
  std::chrono::milliseconds reconnect_delay_max{1'000};    // between attempts; the first delay is 50 ms
  std::chrono::milliseconds drain_time_max{10'000};        // close() waits at most that long for accepted work

  Isolation isolation = Isolation::read_committed;
  AtOpen at_open = AtOpen::connect;
  log::Logger* log = nullptr;  // logs when the server becomes unreachable and reachable; outlives this
};

// Safe from any thread; a coroutine uses it on a loop that one thread runs. A loop that is destroyed before the
// Database closes its connections. When close() is called, a loop is either running, or stopped with its thread joined;
// a loop on which nothing runs for a second is considered stopped.
class Database final : public sql::Database {
 public:
  // Connects once, so that a wrong address or password is detected at start; not with AtOpen::nothing. Errors:
  // database.unavailable or database.unsuitable, with the reason as the cause. Blocks.
  static Result<std::unique_ptr<Database>> open(Options options);
  ~Database() override;

  [[nodiscard]] Dialect dialect() const override { return Dialect::postgres; }
  Task<Result<Outcome>> execute(Statement statement) override;
  Task<Result<>> execute_both(Statement first, Statement second) override;
  Task<Result<Outcome>> execute_with(Statement write, std::vector<Statement> inserts) override;
  Task<Result<Transaction>> begin() override;
  Task<Result<>> ping(std::chrono::milliseconds within) override;
  // Summed over the loops that have used it so far.
  [[nodiscard]] DatabaseLoad load() const override;
  Result<> run_script(std::string_view sql) override;
  Result<> query_blocking(const Statement& statement) override;
  Result<std::unique_ptr<MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) override;
  Result<> dry_run(std::string_view script, std::span<const Statement> reads) override;
  Result<StatementShape> describe_blocking(std::string_view sql) override;
  void close() override;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::sql::postgres
