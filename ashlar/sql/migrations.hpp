// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/clock.hpp"
#include "ashlar/sql/catalog.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Steps from one shape of the tables to the next, kept in the program and recorded in the database.
//
// A folder holds, for each step and each kind of database, two files: 0001_users.sqlite.up.sql and
// 0001_users.sqlite.down.sql. `ashlar_embed_migrations(target folder FUNCTION name)` in CMake compiles them into
// `std::span<const Migration> name(Dialect)`.
//
// Each step is one transaction together with its record in the table `schema_migrations`, which holds its number, name
// and the SHA-256 of its up text; in PostgreSQL it is READ COMMITTED, whatever the program's others are. Two programs
// that migrate at once take turns, and no step is made twice.
//
// A text with the line `-- ashlar: no transaction` among the comments at its head is one statement that PostgreSQL runs
// outside of a transaction, such as CREATE INDEX CONCURRENTLY; when it fails, what it left is not taken back. One with
// `-- ashlar: rebuild` makes tables of SQLite's anew: foreign keys have no actions in it, and are looked at when it has
// run. Each of the lines means nothing to the other database.
namespace ashlar::sql {

namespace errors {
// The steps of this program are wrong by themselves: numbers with a gap, a name with odd characters.
inline constexpr ErrorCode migration_invalid{ErrorKind::internal, "sql.migration_invalid"};
// The program and the database disagree: a step changed after it was made, is not known to the program, or was left
// out.
inline constexpr ErrorCode migration_conflict{ErrorKind::conflict, "sql.migration_conflict"};
// The SQL of a step failed; nothing of it was kept.
inline constexpr ErrorCode migration_failed{ErrorKind::internal, "sql.migration_failed"};
// Another program migrates this database, and has not come to its end in time.
inline constexpr ErrorCode migration_locked{ErrorKind::unavailable, "sql.migration_locked"};
}  // namespace errors

struct Migration {
  std::int64_t number = 0;  // from 1, without gaps
  std::string name;         // a-z, 0-9 and _
  std::string up;
  std::string down;  // empty: there is no way back

  [[nodiscard]] std::string label() const;  // 0001_users
};

[[nodiscard]] bool is_migration_name(std::string_view name);

// How a step's text asks to be run.
enum class MigrationMode : std::uint8_t { usual, no_transaction, rebuild };
[[nodiscard]] MigrationMode mode_of(std::string_view text);

// The steps as one script for Database::dry_run(): in one transaction, in which nothing runs concurrently.
[[nodiscard]] std::string dry_run_script(std::span<const Migration> migrations);

struct MigrationStatus {
  enum class State : unsigned char {
    applied,
    pending,
    changed,  // its text is another one than when it was applied
    unknown,  // applied, but not in this program, which is older than the database
  };
  State state = State::pending;
  std::string label;
  std::optional<Timestamp> applied_at;
};
[[nodiscard]] std::string_view to_string(MigrationStatus::State state);

struct MigratorOptions {
  std::chrono::milliseconds lock_wait_max{60'000};  // for another program that migrates; then sql.migration_locked
  // PostgreSQL: a step's wait for a table that others use. Who comes after it waits for as long, so it is short; the
  // step fails then, nothing of it is kept, and it can be tried again. 0: no limit.
  std::chrono::milliseconds table_lock_time_max{5'000};
};

// Applies migrations. Blocks: for start-up and the command line. The messages of its errors are for the operator, and
// name the step and what the database said. What is handed in must outlive it.
class Migrator {
 public:
  Migrator(Database& database, std::span<const Migration> migrations, const Clock& clock, MigratorOptions options = {})
      : database_(database), migrations_(migrations), clock_(clock), options_(options) {}

  // Every step that the program or the database knows, in order. Changes nothing.
  Result<std::vector<MigrationStatus>> status();

  // The steps that up() or down() would make, to be shown before they are.
  Result<std::vector<const Migration*>> pending();
  Result<std::vector<const Migration*>> undoable(std::size_t steps);

  // Makes the pending steps, or the first so many of them. Returns those that were made here; on an error the ones
  // before it stay made.
  Result<std::vector<const Migration*>> up(std::optional<std::size_t> steps = std::nullopt);
  // What the database has and the steps that it went through do not make, or the other way round.
  Result<std::vector<Difference>> drift();

  // Takes back the last so many steps, the latest first.
  Result<std::vector<const Migration*>> down(std::size_t steps);

 private:
  struct Record {
    std::int64_t number;
    std::string name, checksum;
    Timestamp applied_at;
  };
  Result<> check_given() const;
  Result<std::unique_ptr<MigrationLock>> lock_migrations();
  Result<> make_table();
  Result<std::vector<Record>> records();
  Result<std::size_t> applied();  // how many of migrations_, once both sides agree
  // Whether it was made here, and not by another program at the same time.
  Result<bool> make(const Migration& migration);
  Result<> take_back(const Migration& migration);
  Result<> run(const std::string& text, const std::string& record);
  Result<> run_script(const std::string& script, MigrationMode mode = MigrationMode::usual);

  Database& database_;
  std::span<const Migration> migrations_;
  const Clock& clock_;
  const MigratorOptions options_;
};

}  // namespace ashlar::sql
