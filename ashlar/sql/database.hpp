// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/sql/value.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The driver interface. It is small: a statement goes in, rows come out, and a transaction is a place where statements
// go. SQLite implements it (sqlite/database.hpp), PostgreSQL comes next; sql/conformance holds both to one suite.
namespace ashlar::schema {
struct Type;
}

namespace ashlar::sql {

namespace errors {
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "database.unavailable"};  // away, or its queue is full
// Its settings do not fit: another encoding than UTF8; behind a transaction pooler, another time zone than UTC.
inline constexpr ErrorCode unsuitable{ErrorKind::unavailable, "database.unsuitable"};
// The answer to a write or a COMMIT was lost: it may have happened. Never tried again by us; 504, since a 503 would ask
// the client to.
inline constexpr ErrorCode outcome_unknown{ErrorKind::timed_out, "database.outcome_unknown"};
inline constexpr ErrorCode timed_out{ErrorKind::timed_out, "database.timed_out"};
inline constexpr ErrorCode unique{ErrorKind::conflict, "database.unique"};  // cause: "table.column"
inline constexpr ErrorCode foreign_key{ErrorKind::conflict, "database.foreign_key"};
inline constexpr ErrorCode check{ErrorKind::conflict, "database.check"};
inline constexpr ErrorCode not_null{ErrorKind::conflict, "database.not_null"};
inline constexpr ErrorCode serialization{ErrorKind::conflict, "database.serialization"};  // worth a retry
inline constexpr ErrorCode invalid_text{ErrorKind::invalid, "sql.invalid_text"};
inline constexpr ErrorCode invalid_number{ErrorKind::invalid, "sql.invalid_number"};
inline constexpr ErrorCode failed{ErrorKind::internal, "database.failed"};  // wrong SQL and the like: our bug
}  // namespace errors

// Of a transaction, as the SQL standard names them. SQLite's are all serializable: they have one writer.
enum class Isolation : std::uint8_t { read_committed, repeatable_read, serializable };
[[nodiscard]] std::string_view to_string(Isolation isolation);  // "repeatable read"

// Whether a statement changes anything: reads run in parallel, and on a replica where there is one.
enum class Mode : std::uint8_t { read, write };

// One statement with its parameters ($1, $2, ...). `on_row` is called for each row, perhaps on a thread of the
// driver's, never at the same time as the coroutine that awaits it; it must not throw but for std::logic_error.
struct Statement {
  std::string sql{};
  std::vector<Value> parameters{};
  Mode mode = Mode::read;
  std::function<void(const Row&)> on_row{};  // may be empty
};

struct Outcome {
  std::int64_t rows_affected = 0;
};

// Structs of one described type, whose members are columns of the table: as an array, which outlives the insert.
struct BulkRows {
  std::string_view table;
  const schema::Type* type;
  const void* first;
  std::size_t bytes_each;
  std::size_t count;

  void append_values(std::size_t row, std::vector<Value>& out) const;
};

// Where statements go: a database (each in a transaction of its own) or an open transaction.
// A driver keeps prepared statements by their text, so texts should come from a bounded set.
class Executor {
 public:
  virtual ~Executor() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  // Errors: those of sql::errors. Resumes on the loop that awaits.
  virtual Task<Result<Outcome>> execute(Statement statement) = 0;
  // Two reads. A driver that can sends the second without waiting for the first. The error is the first's, or else the
  // second's; the other may have given its rows.
  virtual Task<Result<>> execute_both(Statement first, Statement second);

 protected:  // each kind says for itself whether it copies or moves
  Executor() = default;
  Executor(const Executor&) = default;
  Executor(Executor&&) = default;
  Executor& operator=(const Executor&) = default;
  Executor& operator=(Executor&&) = default;
};

// An Executor whose statements belong to one transaction.
class TransactionalExecutor : public Executor {};

// A transaction that rolls back unless it is committed. It is used from one coroutine, one statement at a time. A
// statement that fails leaves it open in SQLite; in PostgreSQL only a rollback can follow. Portable code gives up on an
// error.
class Transaction final : public TransactionalExecutor {
 public:
  // What a driver implements. Destroying one that was neither committed nor rolled back rolls it back, without waiting.
  class Session : public Executor {
   public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual Task<Result<>> commit() = 0;
    virtual Task<Result<>> rollback() = 0;
    // By statements, unless the driver knows a quicker way.
    virtual Task<Result<Outcome>> insert_bulk(BulkRows rows);
  };
  explicit Transaction(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&&) noexcept = default;

  [[nodiscard]] Dialect dialect() const override { return session_->dialect(); }
  Task<Result<Outcome>> execute(Statement statement) override { return session_->execute(std::move(statement)); }
  // For bulk_insert(): bulk.hpp.
  Task<Result<Outcome>> insert_bulk(BulkRows rows) { return session_->insert_bulk(rows); }
  // When it returns without an error, the changes are durable. After it, the transaction is over either way.
  Task<Result<>> commit() { return session_->commit(); }
  Task<Result<>> rollback() { return session_->rollback(); }

 private:
  std::unique_ptr<Session> session_;
};

// How much there is to do, now: each figure is right by itself, all together are not of one moment.
struct DatabaseLoad {
  std::size_t waiting = 0;      // statements and transactions whose turn has not come
  std::size_t waiting_max = 0;  // more of one kind (on one loop, where each has a queue) are database.unavailable
  std::size_t in_flight = 0;    // statements that were sent and not answered
  std::size_t connections = 0;  // open
  std::size_t connections_max = 0;
  std::size_t transactions = 0;  // open
  std::size_t transactions_max = 0;
};

// Held by the one program that migrates a database; released when it is destroyed, or with the process.
class MigrationLock {
 public:
  MigrationLock() = default;
  virtual ~MigrationLock() = default;
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;
};

// What a statement takes and gives, as the database sees it without running it. SQLite knows no types of parameters,
// and none of columns that are no table's own: they are empty then.
struct StatementShape {
  struct Column {
    std::string name;
    std::string type;  // as the database calls it
  };
  std::vector<std::string> parameters;  // the types of $1, $2, ...
  std::vector<Column> columns;
};

class Database : public Executor {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A transaction for writing. Waits for its turn; database.unavailable when the wait is over its limit.
  virtual Task<Result<Transaction>> begin() = 0;
  // Whether the database answers, within `within`, and can keep what is written. Does not wait behind a full queue.
  virtual Task<Result<>> ping(std::chrono::milliseconds within) = 0;
  // From any thread.
  [[nodiscard]] virtual DatabaseLoad load() const { return {}; }
  // Runs several statements of one text, as migrations have them, in one transaction. Blocks the calling thread, which
  // must not be a loop's: for start-up and the command line.
  virtual Result<> run_script(std::string_view sql) = 0;
  virtual Result<> query_blocking(const Statement& statement) = 0;

  // For migrations and checks; as the two before. Waits for up to `wait_max` while another program holds the lock, and
  // is null then. On SQLite it always succeeds: its write lock serializes the steps.
  virtual Result<std::unique_ptr<MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) = 0;
  // run_script(), with foreign keys looked at once, at its end, and without their actions: for making a table anew
  // under those that refer to it. For SQLite, which has no other way; else it is run_script().
  virtual Result<> run_rebuild(std::string_view sql) { return run_script(sql); }
  // Runs a script on an empty schema, then the reads, and leaves no trace: in a database in memory (SQLite), or
  // a schema inside a transaction that is rolled back (PostgreSQL; the role must be allowed to make one).
  virtual Result<> dry_run(std::string_view script, std::span<const Statement> reads) = 0;
  virtual Result<StatementShape> describe_blocking(std::string_view sql) = 0;

  // Finishes what was accepted, then refuses. From any thread that is not a loop's.
  virtual void close() = 0;
};

}  // namespace ashlar::sql
