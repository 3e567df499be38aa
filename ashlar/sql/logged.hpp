// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/log/logger.hpp"
#include "ashlar/sql/database.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace ashlar::sql {

struct StatementLogOptions {
  // redacted: a parameter's type and size only, since values are user data
  enum class Parameters : std::uint8_t { redacted, shown } parameters = Parameters::redacted;
  std::size_t sql_bytes_max = 4096;         // of a statement's text; a longer one is truncated
  std::size_t parameters_bytes_max = 1024;  // of all parameters together
};

// A database that logs each statement: the text, the parameters, the duration, the number of rows, the error's code,
// and a number that identifies the transaction. It logs at the level `debug`, which may be set at run time; above that
// a statement costs one comparison more. The blocking calls, for migrations, are not logged. The log outlives it;
// otherwise it is used like the database that it wraps.
class LoggedDatabase final : public Database {
 public:
  LoggedDatabase(std::unique_ptr<Database> database, log::Logger& logger, StatementLogOptions options = {});
  ~LoggedDatabase() override;

  [[nodiscard]] Dialect dialect() const override { return database_->dialect(); }
  Task<Result<Outcome>> execute(Statement statement) override;
  Task<Result<>> execute_both(Statement first, Statement second) override;
  Task<Result<Outcome>> execute_with(Statement write, std::vector<Statement> inserts) override;
  Task<Result<Transaction>> begin() override;
  Task<Result<>> ping(std::chrono::milliseconds within) override { return database_->ping(within); }
  [[nodiscard]] DatabaseLoad load() const override { return database_->load(); }
  Result<> run_script(std::string_view sql) override { return database_->run_script(sql); }
  Result<> run_rebuild(std::string_view sql) override { return database_->run_rebuild(sql); }
  Result<> query_blocking(const Statement& statement) override { return database_->query_blocking(statement); }
  Result<std::unique_ptr<MigrationLock>> lock_migrations(std::chrono::milliseconds wait_max) override {
    return database_->lock_migrations(wait_max);
  }
  Result<> dry_run(std::string_view script, std::span<const Statement> reads) override {
    return database_->dry_run(script, reads);
  }
  Result<StatementShape> describe_blocking(std::string_view sql) override { return database_->describe_blocking(sql); }
  void close() override { database_->close(); }

 private:
  struct Log;
  std::unique_ptr<Database> database_;
  std::shared_ptr<Log> log_;  // shared with transactions
};

// The database's plan for a query as text, one step per line: for tests and consoles.
//   std::puts((co_await explain(db, query.statement(db.dialect())))->c_str());
Task<Result<std::string>> explain(Executor& executor, Statement statement);

}  // namespace ashlar::sql
