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

// The driver interface: it executes statements, returns rows, and opens transactions. SQLite (sqlite/database.hpp) and
// PostgreSQL (postgres/database.hpp) implement it; both pass the suite in sql/conformance.
namespace ashlar::schema {
struct Type;
}

namespace ashlar::sql {

namespace errors {
inline constexpr ErrorCode unavailable{ErrorKind::unavailable, "database.unavailable"};  // unreachable or queue full
// The server's settings are unsuitable: an encoding other than UTF8; behind a transaction pooler, a time zone other
// than UTC.
inline constexpr ErrorCode unsuitable{ErrorKind::unavailable, "database.unsuitable"};
// The answer to a write or a COMMIT was lost: it may have been executed. Never retried here; 504, since 503 would ask
// the client to retry.
inline constexpr ErrorCode outcome_unknown{ErrorKind::timed_out, "database.outcome_unknown"};
inline constexpr ErrorCode timed_out{ErrorKind::timed_out, "database.timed_out"};
inline constexpr ErrorCode unique{ErrorKind::conflict, "database.unique"};  // cause: "table.column"
inline constexpr ErrorCode foreign_key{ErrorKind::conflict, "database.foreign_key"};
inline constexpr ErrorCode check{ErrorKind::conflict, "database.check"};
inline constexpr ErrorCode not_null{ErrorKind::conflict, "database.not_null"};
inline constexpr ErrorCode serialization{ErrorKind::conflict, "database.serialization"};  // may be retried
inline constexpr ErrorCode invalid_text{ErrorKind::invalid, "sql.invalid_text"};
inline constexpr ErrorCode invalid_number{ErrorKind::invalid, "sql.invalid_number"};
inline constexpr ErrorCode failed{ErrorKind::internal, "database.failed"};  // wrong SQL and the like: our bug
}  // namespace errors

// Of a transaction, named as in the SQL standard. SQLite's are all serializable: it has one writer.
enum class Isolation : std::uint8_t { read_committed, repeatable_read, serializable };
[[nodiscard]] std::string_view to_string(Isolation isolation);  // "repeatable read"

// Whether a statement writes: reads run in parallel, and on a replica if there is one.
enum class Mode : std::uint8_t { read, write };

// One statement with its parameters ($1, $2, ...). `on_row` is called for each row, possibly on a thread of the driver,
// but never concurrently with the awaiting coroutine. It must not throw anything but std::logic_error.
struct Statement {
  std::string sql{};
  std::vector<Value> parameters{};
  Mode mode = Mode::read;
  std::function<void(const Row&)> on_row{};  // may be empty
};

struct Outcome {
  std::int64_t rows_affected = 0;
};

// Rows of one described type, whose members are columns of the table: an array that outlives the insert.
struct BulkRows {
  std::string_view table;
  const schema::Type* type;
  const void* first;
  std::size_t bytes_each;
  std::size_t count;

  void append_values(std::size_t row, std::vector<Value>& out) const;
};

// Executes statements: a database (each in its own transaction) or an open transaction. A driver caches prepared
// statements by their text, so texts should come from a bounded set.
class Executor {
 public:
  virtual ~Executor() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  // Errors: those of sql::errors. Resumes on the awaiting loop.
  virtual Task<Result<Outcome>> execute(Statement statement) = 0;
  // Two reads, pipelined if the driver can. The error is the first statement's, or else the second's; the other
  // statement may have delivered its rows.
  virtual Task<Result<>> execute_both(Statement first, Statement second);

 protected:  // each derived class decides whether it copies or moves
  Executor() = default;
  Executor(const Executor&) = default;
  Executor(Executor&&) = default;
  Executor& operator=(const Executor&) = default;
  Executor& operator=(Executor&&) = default;
};

// An Executor whose statements belong to one transaction.
class TransactionalExecutor : public Executor {};

// A transaction that rolls back unless it is committed. Used from one coroutine, one statement at a time. After a
// failed statement, SQLite's transaction stays open, while PostgreSQL accepts only a rollback. Portable code gives up
// on an error.
class Transaction final : public TransactionalExecutor {
 public:
  // The driver's part. Its destructor rolls back if it was neither committed nor rolled back, without waiting.
  class Session : public Executor {
   public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual Task<Result<>> commit() = 0;
    virtual Task<Result<>> rollback() = 0;
    // By statements, unless the driver has a faster way.
    virtual Task<Result<Outcome>> insert_bulk(BulkRows rows);
  };
  explicit Transaction(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&&) noexcept = default;

  [[nodiscard]] Dialect dialect() const override { return session_->dialect(); }
  Task<Result<Outcome>> execute(Statement statement) override { return session_->execute(std::move(statement)); }
  // For bulk_insert(): bulk.hpp.
  Task<Result<Outcome>> insert_bulk(BulkRows rows) { return session_->insert_bulk(rows); }
  // When it returns without an error, the changes are durable. The transaction has ended in either case.
  Task<Result<>> commit() { return session_->commit(); }
  Task<Result<>> rollback() { return session_->rollback(); }

 private:
  std::unique_ptr<Session> session_;
};

// The current load. Each number is correct by itself; together they are not a consistent snapshot.
struct DatabaseLoad {
  std::size_t waiting = 0;      // statements and transactions that are queued
  std::size_t waiting_max = 0;  // more of one kind (per loop, where each has a queue) are database.unavailable
  std::size_t in_flight = 0;    // statements sent and not answered
  std::size_t connections = 0;  // open
  std::size_t connections_max = 0;
  std::size_t transactions = 0;  // open
  std::size_t transactions_max = 0;
};

// Held by the one program that migrates a database; released by the destructor or the end of the process.
class MigrationLock {
 public:
  MigrationLock() = default;
  virtual ~MigrationLock() = default;
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;
};

// A statement's parameter and column types, as the database reports them without running it. SQLite reports no types of
// parameters or expressions: these are empty.
struct StatementShape {
  struct Column {
    std::string name;
    std::string type;  // the database's name of the type
  };
  std::vector<std::string> parameters;  // the types of $1, $2, ...
  std::vector<Column> columns;
};

class Database : public Executor {
 public:
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A write transaction. Waits for its turn; database.unavailable when the wait exceeds its limit.
  virtual Task<Result<Transaction>> begin() = 0;
  // A write, and the rows that are inserted when it affects or returns a row: all of it or none, in one transaction.
  // `inserts` are statements of sql::insert(), each of one row and without a conflict clause. One round trip in
  // PostgreSQL, one unit of the writer in SQLite. Errors: those of sql::errors. `rows_affected` is 0 when the write
  // affected no row, and otherwise at least 1.
  virtual Task<Result<Outcome>> execute_with(Statement write, std::vector<Statement> inserts);
  // Whether the database answers, within `within`, and can store data. Does not wait behind a full queue.
  virtual Task<Result<>> ping(std::chrono::milliseconds within) = 0;
  // From any thread.
  [[nodiscard]] virtual DatabaseLoad load() const { return {}; }
  // Runs a script of several statements, such as a migration, in one transaction. Blocks the calling thread, which must
  // not be a loop's: for start-up and the command line.
  virtual Result<> run_script(std::string_view sql) = 0;
  virtual Result<> query_blocking(const Statement& statement) = 0;

  // For migrations and checks; blocking, like the two above. Waits for up to `wait_max` while another program holds the
  // lock; null after that. On SQLite it always succeeds: its write lock serializes the steps.
  virtual Result<std::unique_ptr<MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) = 0;
  // Like run_script(), but foreign keys are checked only at its end and their actions do not run: for rebuilding a
  // table that others reference. SQLite has no other way; in other databases it is run_script().
  virtual Result<> run_rebuild(std::string_view sql) { return run_script(sql); }
  // Runs a script on an empty schema, then the reads, and leaves no trace: in an in-memory database (SQLite), or in a
  // schema inside a transaction that is rolled back (PostgreSQL; the role must be allowed to create one).
  virtual Result<> dry_run(std::string_view script, std::span<const Statement> reads) = 0;
  virtual Result<StatementShape> describe_blocking(std::string_view sql) = 0;

  // Finishes what was accepted and refuses the rest. From any thread that is not a loop's.
  virtual void close() = 0;
};

}  // namespace ashlar::sql
