// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/core/clock.hpp"
#include "ashlar/core/random.hpp"
#include "ashlar/log/logger.hpp"
#include "ashlar/redis/clients.hpp"
#include "ashlar/sql/database.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/replicas.hpp"
#include "backend/schema_version.hpp"
#include "backend/settings.hpp"
#include "cli/exit_code.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace ashlar::cli {

// Ends a command: main prints the message to standard error and exits with the code.
class ExitError : public std::runtime_error {
 public:
  ExitError(int exit_code, const std::string& message) : std::runtime_error(message), exit_code_(exit_code) {}
  [[nodiscard]] int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

[[noreturn]] void stop(const Error& error);
// With exit_schema, and the command that corrects it, if there is one.
[[noreturn]] void refuse(const backend::SchemaMismatch& mismatch, const std::string& command);

template <class T>
T value_or_exit(Result<T> result) {
  if (!result) stop(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The settings from the environment and .env. Throws ExitError (78) that names every fault.
[[nodiscard]] backend::Settings read_settings();

// Opens the database of DATABASE_URL. Throws ExitError.
[[nodiscard]] std::unique_ptr<sql::Database> open_database(const backend::Settings& settings,
                                                           sql::OpenOptions options = {});

// The replicas of DATABASE_REPLICA_URLS, which may be unreachable; the primary outlives them.
[[nodiscard]] std::unique_ptr<sql::Replicas> make_replicas(const backend::Settings& settings, sql::Database& primary,
                                                           const sql::OpenOptions& options, log::Logger& logger);

// The clients for REDIS_URL, to be started on the server's loops; null when it is not set.
[[nodiscard]] std::unique_ptr<redis::Clients> make_redis(const backend::Settings& settings, log::Logger& logger);

// The loop that runs a command's tasks, one after another. The database posts to it, so it is declared before the
// database and outlives its close().
class CommandLoop {
 public:
  // Runs a task to its end; an error ends the command.
  template <class T>
  T run_or_exit(Task<Result<T>> task) {
    std::optional<Result<T>> out;
    async::run_to_end(loop_, store(std::move(task), out));
    loop_.stop();  // so that closing the database waits for nothing on it
    return value_or_exit(std::move(*out));
  }

 private:
  template <class T>
  static Task<> store(Task<T> task, std::optional<T>& out) {
    out.emplace(co_await std::move(task));
  }

  boost::asio::io_context loop_{1};
};

// The objects that most commands need: the settings, the clock, randomness, a log to standard error, and the database.
class CommandContext {
 public:
  explicit CommandContext(backend::Settings given = read_settings());
  ~CommandContext();
  CommandContext(const CommandContext&) = delete;
  CommandContext& operator=(const CommandContext&) = delete;

  // Throws ExitError, naming the command to run, when the schema differs from the one of this binary.
  void require_current_schema();
  // Throws ExitError unless APP_ENV is development or test.
  void require_development(const std::string& command) const;

  backend::Settings settings;
  SystemClock clock;
  SystemRandom random;
  log::Logger logger;
  CommandLoop loop;
  std::unique_ptr<sql::Database> database;
};

}  // namespace ashlar::cli
