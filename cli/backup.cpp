// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/backup.hpp"

#include "cli/command_context.hpp"
#include "cli/commands.hpp"

#include <cstdio>
#include <filesystem>
#include <string>

namespace ashlar::cli {

namespace {

using sql::sqlite::Existing;

// The database's file; PostgreSQL has its own tools.
std::filesystem::path database_file(const backend::Settings& settings, const std::string& command_for_postgres) {
  if (auto path = backend::sqlite_path(settings)) return *path;
  throw ExitError(exit_failed, "this database is PostgreSQL's, which has its own tools. Run:\n  " +
                                   command_for_postgres + "\nA password comes from ~/.pgpass or PGPASSWORD.");
}

Existing existing(const FileCommand& wanted) {
  return wanted.force == FileCommand::Force::yes ? Existing::replaced : Existing::refused;
}

// Adds how to overwrite an existing file.
template <class T>
T value_or_hint(Result<T> result, const char* hint) {
  if (!result && result.error().code() == sql::sqlite::errors::file_exists)
    throw ExitError(exit_failed, result.error().message() + " " + hint);
  return value_or_exit(std::move(result));
}

void print(const std::string& what, const sql::sqlite::BackupReport& report) {
  std::printf("%s: %llu bytes, sha256 %s\n", what.c_str(), static_cast<unsigned long long>(report.bytes),
              report.sha256.c_str());
}

}  // namespace

int back_up(const FileCommand& wanted) {
  const backend::Settings settings = read_settings();
  const auto database = database_file(settings, "pg_dump --format=custom --file='" + wanted.file + "' '" +
                                                    sql::shown_database_url(settings.database_url) + "'");
  print(wanted.file, value_or_hint(sql::sqlite::back_up(database, wanted.file, existing(wanted)),
                                   "Choose another name, or use --force to replace it."));
  return exit_ok;
}

int restore(const FileCommand& wanted) {
  const backend::Settings settings = read_settings();
  const auto database =
      database_file(settings, "pg_restore --clean --if-exists --no-owner --single-transaction --dbname='" +
                                  sql::shown_database_url(settings.database_url) + "' '" + wanted.file + "'");
  print(database.string(), value_or_hint(sql::sqlite::restore(wanted.file, database, existing(wanted)),
                                         "Its content would be lost: back it up first, then use --force."));
  CommandContext place(settings);
  if (const auto mismatch = value_or_exit(backend::schema_mismatch(*place.database, place.clock)))
    std::printf("%s\n", mismatch->sentence.c_str());
  return exit_ok;
}

}  // namespace ashlar::cli
