// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/migrations.hpp"

#include "ashlar/core/encoding.hpp"

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

bool is_plain_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// PostgreSQL lets two of them in at once unless they take a lock; SQLite has one writer anyway.
std::string_view lock_text(Dialect dialect) {
  return dialect == Dialect::postgres ? "select pg_advisory_xact_lock(4704919220214091);\n" : "";
}

std::string with_cause(const Error& error) {
  return error.cause().empty() ? error.message() : error.message() + " " + error.cause();
}

std::unexpected<Error> failure(const Migration& migration, const Error& error) {
  return fail(errors::migration_failed, "Migration " + migration.label() + ": " + with_cause(error));
}

}  // namespace

std::string Migration::label() const { return label_of(number, name); }

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
    if (!is_plain_name(migration.name)) {
      return fail(errors::migration_invalid,
                  "The name of migration " + migration.label() + " may hold a-z, 0-9 and _ only.");
    }
    ++expected;
  }
  return {};
}

Result<std::vector<Migrator::Record>> Migrator::records() {
  const bool sqlite = database_.dialect() == Dialect::sqlite;
  auto made = database_.run_script(
      std::string(lock_text(database_.dialect())) +
      "create table if not exists schema_migrations (number bigint primary key, name text not null, "
      "checksum text not null, applied_at " +
      std::string(sqlite ? "integer" : "timestamptz") + " not null);");
  if (!made) return std::unexpected(std::move(made.error()));
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
                                                  "database.");
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

Result<bool> Migrator::make(const Migration& migration) {
  // The record comes first: when another program has made this step in the meantime, it is the record that fails.
  const std::string_view now = database_.dialect() == Dialect::sqlite ? "" : "to_timestamp(";
  const std::string moment = std::to_string(clock_.now().milliseconds());
  const std::string record = "insert into schema_migrations (number, name, checksum, applied_at) values (" +
                             std::to_string(migration.number) + ", '" + migration.name + "', '" + sha256(migration.up) +
                             "', " + (now.empty() ? moment : std::string(now) + moment + " / 1000.0)") + ");\n";
  auto made = database_.run_script(std::string(lock_text(database_.dialect())) + record + migration.up);
  if (made) return true;
  if (made.error().code() == errors::unique && made.error().cause().starts_with("schema_migrations")) return false;
  return failure(migration, made.error());
}

Result<> Migrator::take_back(const Migration& migration) {
  auto done = database_.run_script(
      std::string(lock_text(database_.dialect())) + migration.down +
      "\n;\ndelete from schema_migrations where number = " + std::to_string(migration.number) + ";");
  if (!done) return failure(migration, done.error());
  return {};
}

Result<std::vector<const Migration*>> Migrator::up(std::optional<std::size_t> steps) {
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
  auto todo = undoable(steps);
  if (!todo) return todo;
  for (const auto* migration : *todo) {
    if (auto done = take_back(*migration); !done) return std::unexpected(std::move(done.error()));
  }
  return todo;
}

}  // namespace ashlar::sql
