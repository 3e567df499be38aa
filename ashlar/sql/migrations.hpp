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

// Migrations: steps between versions of the schema, compiled into the program and recorded in the database.
//
// A folder holds, for each step and each kind of database, two files: 0001_users.sqlite.up.sql and
// 0001_users.sqlite.down.sql. `ashlar_embed_migrations(target folder FUNCTION name)` in CMake compiles them into
// `std::span<const Migration> name(Dialect)`.
//
// Each step is one transaction together with its record in the table `schema_migrations`, which holds its number, name
// and the SHA-256 of its up text. In PostgreSQL that transaction is READ COMMITTED, whatever the program's default.
// Programs that migrate concurrently take turns, and no step is applied twice.
//
// A text with the line `-- ashlar: no transaction` in its leading comments is one statement that PostgreSQL runs
// outside a transaction, such as CREATE INDEX CONCURRENTLY; when it fails, its partial effects remain. A text with `--
// ashlar: rebuild` rebuilds SQLite tables: foreign keys have no actions in it and are checked at its end. The other
// database ignores these lines.
namespace ashlar::sql {

namespace errors {
// The program's own steps are invalid: a gap in the numbers, a name with other characters.
inline constexpr ErrorCode migration_invalid{ErrorKind::internal, "sql.migration_invalid"};
// The program and the database disagree: a step was changed after it was applied, is unknown to the program, or was
// skipped.
inline constexpr ErrorCode migration_conflict{ErrorKind::conflict, "sql.migration_conflict"};
// The SQL of a step failed and was rolled back.
inline constexpr ErrorCode migration_failed{ErrorKind::internal, "sql.migration_failed"};
// Another program migrates this database, and did not finish in time.
inline constexpr ErrorCode migration_locked{ErrorKind::unavailable, "sql.migration_locked"};
}  // namespace errors

struct Migration {
  std::int64_t number = 0;  // from 1, without gaps
  std::string name;         // a-z, 0-9 and _
  std::string up;
  std::string down;  // empty: cannot be undone

  [[nodiscard]] std::string label() const;  // 0001_users
};

[[nodiscard]] bool is_migration_name(std::string_view name);

// How a step's text asks to be executed.
enum class MigrationMode : std::uint8_t { usual, no_transaction, rebuild };
[[nodiscard]] MigrationMode mode_of(std::string_view text);

// The steps as one script for Database::dry_run(): in one transaction, so nothing runs concurrently.
[[nodiscard]] std::string dry_run_script(std::span<const Migration> migrations);

struct MigrationStatus {
  enum class State : unsigned char {
    applied,
    pending,
    changed,  // its text has changed since it was applied
    unknown,  // applied, but unknown to this program, which is older than the database
  };
  State state = State::pending;
  std::string label;
  std::optional<Timestamp> applied_at;
};
[[nodiscard]] std::string_view to_string(MigrationStatus::State state);

struct MigratorOptions {
  std::chrono::milliseconds lock_wait_max{60'000};  // for another program that migrates; then sql.migration_locked
  // PostgreSQL: how long a step waits for a table that others use. Later users of the table wait just as long, so it is
  // short; the step then fails, is rolled back, and can be retried. 0: no limit.
  std::chrono::milliseconds table_lock_time_max{5'000};
};

// Applies migrations. Blocks: for start-up and the command line. Its error messages are for the operator, and name the
// step and the database's message. The constructor's arguments must outlive it.
class Migrator {
 public:
  Migrator(Database& database, std::span<const Migration> migrations, const Clock& clock, MigratorOptions options = {})
      : database_(database), migrations_(migrations), clock_(clock), options_(options) {}

  // Every step that the program or the database knows, in order. Makes no changes.
  Result<std::vector<MigrationStatus>> status();

  // The steps that up() or down() would run, for a preview.
  Result<std::vector<const Migration*>> pending();
  Result<std::vector<const Migration*>> undoable(std::size_t steps);

  // Applies the pending steps, or the first of them up to this number. Returns the applied steps; after an error, the
  // steps before it remain applied.
  Result<std::vector<const Migration*>> up(std::optional<std::size_t> steps = std::nullopt);
  // The differences between the database's schema and the result of its applied steps.
  Result<std::vector<Difference>> drift();

  // Undoes the last steps up to this number, the latest first.
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
  Result<std::size_t> applied();  // how many of migrations_ are applied, once both sides agree
  // Whether it was applied here, and not concurrently by another program.
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
