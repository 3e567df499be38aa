// SPDX-License-Identifier: Apache-2.0
#include "cli/command_context.hpp"

#include "ashlar/sql/logged.hpp"
#include "cli/suggestions.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

namespace ashlar::cli {

namespace {

log::LogOptions log_to_standard_error() {
  log::LogOptions out;
  out.level = log::Level::warn;
  out.style = log::Style::pretty;
  out.console = log::LogOptions::Console::standard_error;
  return out;
}

// No other process waits for a command's transaction.
sql::OpenOptions patient(sql::OpenOptions out) {
  out.sqlite.transaction_time_max = std::chrono::hours{1};
  out.postgres.transaction_time_max = std::chrono::hours{1};
  out.postgres.statement_time_max = std::chrono::minutes{10};
  return out;
}

[[noreturn]] void stop_without_database(const backend::Settings& settings, const Error& error) {
  const bool file = settings.database_url.starts_with("sqlite:");
  throw ExitError(exit_failed, error.message() + (error.cause().empty() ? "" : " (" + error.cause() + ")") +
                                   (file ? "\n  Make its folder writable for this user, or name another file: "
                                           "DATABASE_URL=sqlite:PATH"
                                         : "\n  Check DATABASE_URL, and that the server runs and lets this user in: "
                                           "ashlar doctor"));
}

}  // namespace

void stop(const Error& error) {
  std::string message = error.message();
  for (const Fault& fault : error.faults()) message += "\n  " + fault.path + " " + fault.message;
  if (!error.cause().empty()) message += " (" + error.cause() + ")";
  throw ExitError(error.code() == sql::errors::migration_conflict ? exit_schema : exit_failed, message);
}

void refuse(const backend::SchemaMismatch& mismatch, const std::string& command) {
  const bool behind = mismatch.kind == backend::SchemaMismatch::Kind::behind;
  throw ExitError(exit_schema, mismatch.sentence + (behind ? " Run: " + command : ""));
}

backend::Settings read_settings() {
  std::ifstream dot_env(".env", std::ios::binary);
  for (const std::string& line : mistyped_variables({std::istreambuf_iterator<char>(dot_env), {}}))
    std::fprintf(stderr, "ashlar: .env: %s\n", line.c_str());
  auto env = config::Environment::of_process(".env");
  backend::Settings settings = backend::read_settings(env);
  if (!env.faults().empty()) throw ExitError(exit_config, "the configuration is wrong:\n" + env.report());
  return settings;
}

std::unique_ptr<sql::Database> open_database(const backend::Settings& settings, sql::OpenOptions options) {
  options.postgres.pooler = settings.database.postgres.pooler;
  options.postgres.direct_url = settings.database.postgres.direct_url;
  auto database = sql::open_database(settings.database_url, std::move(options));
  if (!database) stop_without_database(settings, database.error());
  return std::move(*database);
}

std::unique_ptr<sql::Replicas> make_replicas(const backend::Settings& settings, sql::Database& primary,
                                             const sql::OpenOptions& options, log::Logger& logger) {
  std::vector<sql::Replicas::Replica> replicas;
  for (const std::string& url : settings.database_replica_urls) {
    auto quiet = options;  // Replicas say it themselves
    quiet.postgres.log = nullptr;
    auto opened =
        std::make_unique<sql::LoggedDatabase>(value_or_exit(sql::open_replica(url, std::move(quiet))), logger);
    replicas.push_back({.name = std::to_string(replicas.size() + 1), .database = std::move(opened)});
  }
  return std::make_unique<sql::Replicas>(
      primary, std::move(replicas), sql::ReplicaOptions{.lag_max = settings.database_replica_lag_max, .log = &logger});
}

std::unique_ptr<redis::Clients> make_redis(const backend::Settings& settings, log::Logger& logger) {
  if (!settings.redis) return nullptr;
  redis::ClientOptions options = *settings.redis;
  options.log = &logger;
  return std::make_unique<redis::Clients>(std::move(options));
}

CommandContext::CommandContext(backend::Settings given)
    : settings(std::move(given)),
      logger(log_to_standard_error(), clock),
      database(open_database(settings, patient(settings.database))) {}

CommandContext::~CommandContext() { database->close(); }

void CommandContext::require_current_schema() {
  const auto mismatch = value_or_exit(backend::schema_mismatch(*database, clock));
  if (mismatch) refuse(*mismatch, "ashlar migrate up");
}

void CommandContext::require_development(const std::string& command) const {
  if (settings.stage == backend::Stage::production)
    throw ExitError(exit_failed, "ashlar " + command + " is for development; APP_ENV is production.");
}

}  // namespace ashlar::cli
