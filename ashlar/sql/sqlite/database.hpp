// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

// SQLite as a server's database: a file in WAL mode, one writer thread and a few reader threads.
//
// Writes: the writer runs all queued units (a statement, or an interactive Transaction) one after another in one SQLite
// transaction, each in its own savepoint, and answers them all after the single COMMIT that makes them durable (group
// commit). A failed unit is rolled back alone. When the disk fails, or a write exceeds `statement_time_max`, SQLite
// rolls back the whole group, and each unit in it fails. While a Transaction is open no other unit runs: inside one,
// write through it, or deadlock until `transaction_time_max`.
// Reads: a thread takes queued reads and runs them on one snapshot. A read that starts after a write was answered sees
// that write.
//
// Storage: Uuid as TEXT of 36 characters, Timestamp as INTEGER milliseconds, bool as INTEGER 0 or 1. Text must be UTF-8
// without NUL (sql.invalid_text), a number must not be NaN (sql.invalid_number). Foreign keys are enforced. Writes stop
// when the file is deleted, moved or replaced while it is open: each group commit compares the device and inode of the
// database's path and of its log's. Writes and ping() are then database.unavailable; reads continue.
//
// Parameters are $1, $2, ... in any order, each any number of times, and all of them used. Transaction control, ATTACH
// and more than one statement in a text are refused (database.failed).
//
// Two SQL functions: ashlar_fold(text) is the text in lower case for every script that has case, unlike SQLite's
// lower() (append_lower_case() in core/unicode.hpp); ashlar_contains(text, part) is whether the text contains `part`,
// ignoring case. Both are NULL for NULL, and an index can use them. Compare e-mail addresses by Email::key() instead.
namespace ashlar::sql::sqlite {

// full: an answered write survives a power failure. normal: it survives a crash of the process, but a power failure
// loses the latest writes. off: for data that can be regenerated.
enum class Synchronous : std::uint8_t { full, normal, off };

// Whether a table's triggers, checks and indexes may use functions and virtual tables that are harmful if the file was
// written by an attacker: FTS5 (search.hpp) and the JSON functions are among them.
enum class Schema : std::uint8_t { untrusted, trusted };

struct Options {
  std::filesystem::path path;  // its folder is created if missing, accessible to its owner only
  enum class Lifetime : std::uint8_t { kept, removed_on_close } lifetime = Lifetime::kept;
  Synchronous synchronous = Synchronous::full;
  Schema schema = Schema::untrusted;

  std::size_t reader_threads = 2;
  std::size_t queue_max = 4096;        // waiting reads, and waiting writes; more are database.unavailable
  std::size_t group_commit_max = 128;  // units in one commit
  std::size_t read_batch_max = 64;     // statements on one snapshot
  std::size_t statements_max = 256;    // prepared statements cached per connection

  std::chrono::milliseconds group_time_max{10};            // an older group commits before it takes more units
  std::chrono::milliseconds queue_time_max{5'000};         // a wait for the writer; then database.unavailable
  std::chrono::milliseconds transaction_time_max{10'000};  // from begin(); then it is rolled back
  std::chrono::milliseconds statement_time_max{10'000};    // then database.timed_out
  std::chrono::milliseconds busy_timeout{5'000};           // for another process's lock

  std::size_t cache_bytes = 8 * 1024 * 1024;      // page cache, per connection at most
  std::size_t mmap_bytes = 0;                     // of the file, mapped; a disk error is then a signal
  std::size_t wal_bytes_kept = 64 * 1024 * 1024;  // of the write-ahead log's file, after a checkpoint
};

// Safe from any thread. A loop whose coroutines use it may be destroyed only after close() has returned: a thread of
// the database may still be posting to it. A submitted statement cannot be cancelled: it is awaited to its end, so what
// on_row refers to stays alive, and a cancelled coroutine ends at its next co_await. Transactions may outlive the
// Database; they then only return errors.
class Database final : public sql::Database {
 public:
  // Errors: database.unavailable, with the reason as the cause.
  static Result<std::unique_ptr<Database>> open(Options options);
  ~Database() override;

  [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }
  Task<Result<Outcome>> execute(Statement statement) override;
  Task<Result<Outcome>> execute_with(Statement write, std::vector<Statement> inserts) override;
  Task<Result<Transaction>> begin() override;
  Task<Result<>> ping(std::chrono::milliseconds within) override;
  [[nodiscard]] DatabaseLoad load() const override;
  Result<> run_script(std::string_view sql) override;
  Result<> query_blocking(const Statement& statement) override;
  Result<std::unique_ptr<MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) override;
  Result<> run_rebuild(std::string_view sql) override;
  Result<> dry_run(std::string_view script, std::span<const Statement> reads) override;
  Result<StatementShape> describe_blocking(std::string_view sql) override;
  void close() override;

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ashlar::sql::sqlite
