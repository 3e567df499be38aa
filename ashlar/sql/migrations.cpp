// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migrations.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/sql/detail/sql_text.hpp"
#include "ashlar/sql/dialect_traits.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace ashlar::sql {
namespace {

std::string sha256(std::string_view text) {
  std::array<std::byte, 32> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(), nullptr);
  return to_hex(digest);
}

std::string label_of(std::int64_t number, std::string_view name) {
  std::string digits = std::to_string(number);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return digits + "_" + std::string(name);
}

std::string with_cause(const Error& error) {
  return error.cause().empty() ? error.message() : error.message() + " " + error.cause();
}

std::unexpected<Error> failure(const Migration& migration, const Error& error) {
  std::string message = "Migration " + migration.label() + ": " + with_cause(error);
  if (error.code() == errors::serialization)
    message += " Other transactions hold locks that it needs. It was rolled back: run it again.";
  return fail(errors::migration_failed, std::move(message));
}

// Another process holds SQLite's write lock.
bool is_locked(const Error& error) {
  return error.code() == errors::unavailable && error.cause().starts_with("database is locked");
}

}  // namespace

bool is_migration_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

MigrationMode mode_of(std::string_view text) {
  while (text.starts_with("--")) {
    const auto line = text.substr(0, text.find('\n'));
    if (line == "-- ashlar: no transaction") return MigrationMode::no_transaction;
    if (line == "-- ashlar: rebuild") return MigrationMode::rebuild;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return MigrationMode::usual;
}

std::string Migration::label() const { return label_of(number, name); }

std::string dry_run_script(std::span<const Migration> migrations) {
  std::string out;
  for (const Migration& migration : migrations) {
    std::string text = migration.up;
    if (mode_of(text) == MigrationMode::no_transaction) {
      constexpr std::string_view word = " concurrently";
      const auto at = detail::in_lower_case(text).find(word);
      if (at != std::string::npos) text.erase(at, word.size());
    }
    out += text + "\n;\n";
  }
  return out;
}

std::string_view to_string(MigrationStatus::State state) {
  switch (state) {
    case MigrationStatus::State::applied:
      return "applied";
    case MigrationStatus::State::pending:
      return "pending";
    case MigrationStatus::State::changed:
      return "changed";
    case MigrationStatus::State::unknown:
      return "unknown";
  }
  return "";
}

Result<> Migrator::check_given() const {
  std::int64_t expected = 1;
  for (const auto& migration : migrations_) {
    if (migration.number != expected) {
      return fail(errors::migration_invalid,
                  "Migration " + std::to_string(expected) + " is missing before " + migration.label() + ".");
    }
    if (!is_migration_name(migration.name)) {
      return fail(errors::migration_invalid,
                  "The name of migration " + migration.label() + " may hold a-z, 0-9 and _ only.");
    }
    ++expected;
  }
  return {};
}

Result<std::unique_ptr<MigrationLock>> Migrator::lock_migrations() {
  auto lock = database_.lock_migrations(options_.lock_wait_max);
  if (!lock || *lock != nullptr) return lock;
  const auto waited = std::chrono::duration_cast<std::chrono::seconds>(options_.lock_wait_max);
  return fail(errors::migration_locked, "Another program is migrating this database, and did not finish within " +
                                            std::to_string(waited.count()) + " s. Nothing was changed: try again.");
}

// A migrator in another process may hold SQLite's write lock for longer than a statement waits.
Result<> Migrator::run_script(const std::string& script, MigrationMode mode) {
  const auto until = std::chrono::steady_clock::now() + options_.lock_wait_max;
  while (true) {
    auto done = mode == MigrationMode::rebuild ? database_.run_rebuild(script) : database_.run_script(script);
    if (done || !is_locked(done.error()) || std::chrono::steady_clock::now() >= until) return done;
  }
}

Result<> Migrator::make_table() {
  return run_script(
      "create table if not exists schema_migrations (number bigint primary key, name text not null, "
      "checksum text not null, applied_at " +
      std::string(database_.dialect()->column_type(ColumnContent::timestamp)) + " not null);");
}

Result<std::vector<Migrator::Record>> Migrator::records() {
  bool made = false;
  auto looked = database_.query_blocking({.sql = database_.dialect()->table_exists("schema_migrations"),
                                          .on_row = [&made](const Row& row) { made = row.boolean(0); }});
  if (!looked) return std::unexpected(std::move(looked.error()));
  if (!made) return std::vector<Record>();
  std::vector<Record> out;
  const auto keep = [&out](const Row& row) {
    out.push_back({.number = row.integer(0),
                   .name = std::string(row.text(1)),
                   .checksum = std::string(row.text(2)),
                   .applied_at = row.timestamp(3)});
  };
  auto read = database_.query_blocking(
      {.sql = "select number, name, checksum, applied_at from schema_migrations order by number", .on_row = keep});
  if (!read) return std::unexpected(std::move(read.error()));
  return out;
}

Result<std::vector<MigrationStatus>> Migrator::status() {
  using State = MigrationStatus::State;
  if (auto checked = check_given(); !checked) return std::unexpected(std::move(checked.error()));
  auto recorded = records();
  if (!recorded) return std::unexpected(std::move(recorded.error()));
  std::vector<MigrationStatus> out;
  auto record = recorded->begin();
  for (const auto& migration : migrations_) {
    if (record == recorded->end() || record->number != migration.number) {
      out.push_back({.state = State::pending, .label = migration.label(), .applied_at = {}});
      continue;
    }
    const bool same = record->checksum == sha256(migration.up);
    out.push_back({.state = same ? State::applied : State::changed,
                   .label = migration.label(),
                   .applied_at = record->applied_at});
    ++record;
  }
  for (; record != recorded->end(); ++record) {
    out.push_back(
        {.state = State::unknown, .label = label_of(record->number, record->name), .applied_at = record->applied_at});
  }
  return out;
}

Result<std::size_t> Migrator::applied() {
  using State = MigrationStatus::State;
  auto known = status();
  if (!known) return std::unexpected(std::move(known.error()));
  std::size_t count = 0;
  const MigrationStatus* left_out = nullptr;
  for (const auto& step : *known) {
    if (step.state == State::changed) {
      return fail(errors::migration_conflict,
                  "Migration " + step.label +
                      " was changed after it was applied to this database. Restore its text, "
                      "and make the change in a new migration.");
    }
    if (step.state == State::unknown) {
      return fail(errors::migration_conflict, "This database has migration " + step.label +
                                                  ", which this program does not know: the program is older than the "
                                                  "database. Use the one that made it, or a newer one.");
    }
    if (step.state == State::pending) {
      left_out = left_out == nullptr ? &step : left_out;
      continue;
    }
    if (left_out != nullptr) {
      return fail(errors::migration_conflict,
                  "Migration " + left_out->label + " was not applied, but " + step.label + " after it was.");
    }
    ++count;
  }
  return count;
}

Result<std::vector<const Migration*>> Migrator::pending() {
  auto done = applied();
  if (!done) return std::unexpected(std::move(done.error()));
  std::vector<const Migration*> out;
  for (const auto& migration : migrations_.subspan(*done)) out.push_back(&migration);
  return out;
}

Result<std::vector<const Migration*>> Migrator::undoable(std::size_t steps) {
  auto done = applied();
  if (!done) return std::unexpected(std::move(done.error()));
  std::vector<const Migration*> out;
  for (std::size_t i = 0; i < std::min(steps, *done); ++i) {
    const auto& migration = migrations_[*done - 1 - i];
    if (migration.down.empty()) {
      return fail(errors::migration_invalid, "Migration " + migration.label() + " has no way back.");
    }
    out.push_back(&migration);
  }
  return out;
}

Result<> Migrator::run(const std::string& text, const std::string& record) {
  const MigrationMode mode = mode_of(text);
  const bool rebuilds = database_.dialect()->facts().table_changes == DialectFacts::TableChanges::rebuild;
  if (rebuilds) return run_script(record + text, mode);
  if (mode != MigrationMode::no_transaction) {
    return run_script(database_.dialect()->migration_prologue(options_.table_lock_time_max) + record + text);
  }
  if (auto done = database_.query_blocking({.sql = text, .mode = Mode::write}); !done) return done;
  return run_script(record);
}

Result<std::vector<Difference>> Migrator::drift() {
  auto done = applied();
  if (!done) return std::unexpected(std::move(done.error()));
  auto made = dry_run_catalog(database_, dry_run_script(migrations_.first(*done)));
  if (!made) return std::unexpected(std::move(made.error()));
  auto found = read_catalog(database_);
  if (!found) return std::unexpected(std::move(found.error()));
  return differences(*made, *found);
}

Result<bool> Migrator::make(const Migration& migration) {
  // The record is written first: when another program has applied this step meanwhile, the record fails.
  const std::string record = "insert into schema_migrations (number, name, checksum, applied_at) values (" +
                             std::to_string(migration.number) + ", '" + migration.name + "', '" + sha256(migration.up) +
                             "', " + database_.dialect()->timestamp_literal(clock_.now()) + ");\n";
  auto made = run(migration.up, record);
  if (made) return true;
  if (made.error().code() == errors::unique && made.error().cause().starts_with("schema_migrations")) return false;
  return failure(migration, made.error());
}

Result<> Migrator::take_back(const Migration& migration) {
  const std::string record = "delete from schema_migrations where number = " + std::to_string(migration.number) + ";\n";
  if (auto done = run(migration.down, record); !done) return failure(migration, done.error());
  return {};
}

Result<std::vector<const Migration*>> Migrator::up(std::optional<std::size_t> steps) {
  const auto lock = lock_migrations();
  if (!lock) return std::unexpected(lock.error());
  if (auto made = make_table(); !made) return std::unexpected(std::move(made.error()));
  auto todo = pending();
  if (!todo) return todo;
  if (steps && *steps < todo->size()) todo->resize(*steps);
  std::vector<const Migration*> out;
  for (const auto* migration : *todo) {
    auto made = make(*migration);
    if (!made) return std::unexpected(std::move(made.error()));
    if (*made) out.push_back(migration);
  }
  return out;
}

Result<std::vector<const Migration*>> Migrator::down(std::size_t steps) {
  const auto lock = lock_migrations();
  if (!lock) return std::unexpected(lock.error());
  auto todo = undoable(steps);
  if (!todo) return todo;
  for (const auto* migration : *todo) {
    if (auto done = take_back(*migration); !done) return std::unexpected(std::move(done.error()));
  }
  return todo;
}

}  // namespace ashlar::sql
