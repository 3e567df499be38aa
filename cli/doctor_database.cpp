// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/backup.hpp"
#include "backend/schema_version.hpp"
#include "cli/command_context.hpp"
#include "cli/doctor.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace ashlar::cli {

namespace {

constexpr std::chrono::seconds clock_difference_max{5};
constexpr std::size_t shown_max = 5;

std::string why(const Error& error) {
  return error.cause().empty() ? error.message() : error.message() + " " + error.cause();
}

std::string first_of(const std::vector<std::string>& faults) {
  std::string out;
  for (std::size_t i = 0; i < std::min(faults.size(), shown_max); ++i) out += (i == 0 ? "" : "; ") + faults[i];
  return faults.size() > shown_max ? out + "; and " + std::to_string(faults.size() - shown_max) + " more" : out;
}

Check check_migrations(sql::Database& database, const Clock& clock) {
  const auto mismatch = backend::schema_mismatch(database, clock);
  if (!mismatch) return {.name = "migrations", .state = CheckState::finding, .detail = why(mismatch.error())};
  if (!*mismatch) return {.name = "migrations", .detail = "all are applied"};
  const bool behind = (*mismatch)->kind == backend::SchemaMismatch::Kind::behind;
  return {.name = "migrations",
          .state = CheckState::finding,
          .detail = (*mismatch)->sentence,
          .advice = behind ? "ashlar migrate up" : ""};
}

Check check_drift(sql::Database& database, const Clock& clock) {
  const auto drift = backend::migrator(database, clock).drift();
  if (!drift) return {.name = "drift", .state = CheckState::finding, .detail = "cannot be read: " + why(drift.error())};
  if (drift->empty()) return {.name = "drift", .detail = "the schema is the one that the migrations make"};
  std::vector<std::string> objects;
  for (const sql::Difference& each : *drift) objects.push_back(each.object);
  return {.name = "drift",
          .state = CheckState::finding,
          .detail = first_of(objects),
          .advice = "ashlar migrate status shows the differences; correct the schema, or write a migration"};
}

Check check_sqlite_integrity(const std::filesystem::path& path) {
  const auto faults = sql::sqlite::integrity_faults(path);
  if (!faults) return {.name = "integrity", .state = CheckState::finding, .detail = why(faults.error())};
  if (faults->empty()) return {.name = "integrity", .detail = "every page, index and foreign key is in order"};
  return {.name = "integrity",
          .state = CheckState::finding,
          .detail = first_of(*faults),
          .advice = "ashlar restore, from the last good backup"};
}

// The server checks its own pages; this queries for what migrations can leave behind.
Check check_postgres_integrity(sql::Database& database) {
  std::vector<std::string> faults;
  const auto read = database.query_blocking(
      {.sql = "select 'index ' || indexrelid::regclass::text || ' is invalid' from pg_index where not indisvalid union "
              "all "
              "select 'foreign key ' || conname || ' of ' || conrelid::regclass::text || ' is not validated' from "
              "pg_constraint where contype = 'f' and not convalidated order by 1",
       .parameters = {},
       .mode = sql::Mode::read,
       .on_row = [&faults](const sql::Row& row) { faults.emplace_back(row.text(0)); }});
  if (!read) return {.name = "integrity", .state = CheckState::finding, .detail = why(read.error())};
  if (faults.empty()) return {.name = "integrity", .detail = "every index is valid, every foreign key validated"};
  return {.name = "integrity",
          .state = CheckState::finding,
          .detail = first_of(faults),
          .advice = "drop and make an index again; alter table ... validate constraint"};
}

// Sessions and tokens have timestamps of this machine, some rows those of the database.
Check check_database_clock(sql::Database& database, const Clock& clock) {
  Timestamp theirs;
  const auto read = database.query_blocking({.sql = "select clock_timestamp()",
                                             .parameters = {},
                                             .mode = sql::Mode::read,
                                             .on_row = [&theirs](const sql::Row& row) { theirs = row.timestamp(0); }});
  if (!read) return {.name = "database clock", .state = CheckState::finding, .detail = why(read.error())};
  const auto apart = std::abs(clock.now().milliseconds() - theirs.milliseconds());
  const std::string detail = std::to_string(apart) + " ms from this machine's";
  if (std::chrono::milliseconds(apart) <= clock_difference_max) return {.name = "database clock", .detail = detail};
  return {.name = "database clock",
          .state = CheckState::finding,
          .detail = detail,
          .advice = "synchronise both machines by NTP"};
}

std::vector<Check> skipped(std::vector<Check> after) {
  for (const char* name : {"migrations", "drift", "integrity"})
    after.push_back({.name = name, .state = CheckState::skipped, .detail = "the database cannot be checked"});
  return after;
}

}  // namespace

std::vector<Check> check_database(const backend::Settings& settings) {
  const std::string shown = sql::shown_database_url(settings.database_url);
  const auto path = backend::sqlite_path(settings);
  std::error_code ignored;
  if (path && !std::filesystem::exists(*path, ignored)) {
    return skipped({{.name = "database",
                     .state = CheckState::finding,
                     .detail = shown + ": the file does not exist",
                     .advice = "ashlar migrate up creates it; or correct DATABASE_URL"}});
  }
  const SystemClock clock;
  const auto began = std::chrono::steady_clock::now();
  const auto database = sql::open_database(settings.database_url, settings.database);
  if (!database) {
    const bool unsuitable = database.error().code() == sql::errors::unsuitable;
    return skipped({{.name = "database",
                     .state = CheckState::finding,
                     .detail = why(database.error()),
                     .advice = unsuitable ? "see docs/errors.md, database.unsuitable"
                                          : "check that DATABASE_URL is correct and the server is running"}});
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  std::vector<Check> out{{.name = "database", .detail = shown + " answers, in " + std::to_string(took) + " ms"}};
  out.push_back(check_migrations(**database, clock));
  if (out.back().state == CheckState::finding && out.back().advice.empty()) {
    out.push_back({.name = "drift", .state = CheckState::skipped, .detail = "the migrations are in conflict"});
  } else {
    out.push_back(check_drift(**database, clock));
  }
  if (!path) out.push_back(check_database_clock(**database, clock));
  out.push_back(path ? check_sqlite_integrity(*path) : check_postgres_integrity(**database));
  (*database)->close();
  return out;
}

}  // namespace ashlar::cli
