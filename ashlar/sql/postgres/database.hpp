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
// Each event loop has connections of its own, made when a coroutine of that loop first asks for one; only the loop's
// thread touches them, so the path of a query takes no lock. Statements from all requests of a loop are sent over a few
// pipelined connections without waiting for the answers of those before them. Each is a transaction of its own, but for
// quick reads that are sent together, and plain inserts that wait for a commit: they share one, and when one fails, the
// others are run once more, so that none touches its neighbours. Writes have connections of their own, so that no read
// waits for a disk. A Transaction has a connection to itself, out of another pool.
//
// What is sent: bool, int8, float8, bytea, uuid and timestamptz in binary; text without a type, so that the server
// takes it for what the place wants (text, json, an enum, a date, ...); NULL for anything. Integers fit columns of
// every width; where a function wants an int4, write `$1::int4`. Results come in binary. Parameters are $1, $2, ... in
// any order, all of them used. Transaction control, session settings, COPY and several statements in one text are
// refused (database.failed), and so is a statement that changes something and was given as a read. SET LOCAL, SET
// TRANSACTION and SET CONSTRAINTS are for transactions.
//
// A result is held in memory whole: queries need a LIMIT. A write with `on_row` (RETURNING) is committed after its rows
// were read; if on_row throws, it is rolled back.
//
// When the server goes away, statements wait up to `acquire_time_max` for it and then get database.unavailable with
// Retry-After; connections come back by themselves. A read whose connection is lost is sent once more; a write is not,
// since it may have happened: database.outcome_unknown. Cancelling the coroutine cancels the
// statement on the server.
namespace ashlar::sql::postgres {

using sql::Isolation;

// Whether open() connects once, or leaves it to the first statement.
enum class AtOpen : std::uint8_t { connect, nothing };

// What stands between us and the server. `transaction`: a pooler such as PgBouncer with pool_mode=transaction, which
// gives each transaction any of its server's sessions. Then nothing is kept in a session: no prepared statements, no
// SET, and so
//   - each statement is parsed anew;
//   - `isolation` holds in transactions, and a statement that stands alone has the role's default;
//   - time limits are ours alone: a cancel request half a second after statement_time_max, and a write that ran into it
//     is database.outcome_unknown, unless the role has a statement_timeout below;
//   - the server's TimeZone must be UTC (alter database NAME set timezone = 'UTC'), else nothing is connected.
enum class Pooler : std::uint8_t { none, transaction };

struct Options {
  std::string url{};  // postgresql://user:password@host:port/name?sslmode=verify-full, or libpq's key=value form
  Pooler pooler = Pooler::none;
  // Past the pooler, to the server itself: for what needs a session, which is migrations and their lock, and LISTEN
  // (subscriber.hpp). Needed with Pooler::transaction.
  std::string direct_url{};

  // Together, times the loops of all processes, less than the server's max_connections. They are opened when needed.
  std::size_t connections_per_loop = 2;        // for reads, pipelined
  std::size_t write_connections_per_loop = 6;  // for writes that stand alone: a commit each at a time
  std::size_t transactions_per_loop = 4;       // open at the same time; more wait
  std::size_t pipeline_max = 32;               // statements in flight on one connection; more wait
  std::size_t queue_max = 4096;                // that wait, of each kind, a loop; one more is database.unavailable
  std::size_t statements_max = 256;            // prepared ones kept on each connection

  std::chrono::milliseconds acquire_time_max{800};         // a wait for a connection; then database.unavailable
  std::chrono::milliseconds statement_time_max{10'000};    // the server stops it: database.timed_out
  std::chrono::milliseconds transaction_time_max{10'000};  // from begin() on; then it is rolled back
  std::chrono::milliseconds connect_time_max{2'000};       // one attempt; libpq counts in seconds, from two on
  std::chrono::milliseconds reconnect_delay_max{1'000};    // between attempts, which begin 50 ms apart
  std::chrono::milliseconds drain_time_max{10'000};        // close() waits that long for what was accepted

  Isolation isolation = Isolation::read_committed;
  AtOpen at_open = AtOpen::connect;
  log::Logger* log = nullptr;  // told when the server goes away and comes back; outlives the Database
};

// Safe from any thread; coroutines use it on loops that one thread each runs. A loop that is destroyed before the
// Database takes its connections along. When close() is called, a loop is either running, or stopped and its thread
// joined; one on which nothing runs for a second is taken for stopped.
class Database final : public sql::Database {
 public:
  // Connects once, so that a wrong address or password shows at once; not with AtOpen::nothing. Errors:
  // database.unavailable or database.unsuitable, with the reason as the cause. Blocks.
  static Result<std::unique_ptr<Database>> open(Options options);
  ~Database() override;

  [[nodiscard]] Dialect dialect() const override { return Dialect::postgres; }
  Task<Result<Outcome>> execute(Statement statement) override;
  Task<Result<>> execute_both(Statement first, Statement second) override;
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
