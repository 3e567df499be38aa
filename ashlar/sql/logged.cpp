// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/logged.hpp"

#include "ashlar/core/encoding.hpp"

#include <atomic>
#include <optional>
#include <span>
#include <vector>

namespace ashlar::sql {
namespace {

using Steady = std::chrono::steady_clock;

// A parameter's type and size.
struct Shape {
  std::string operator()(Null) const { return "null"; }
  std::string operator()(bool) const { return "bool"; }
  std::string operator()(std::int64_t) const { return "integer"; }
  std::string operator()(double) const { return "number"; }
  std::string operator()(const std::string& text) const { return "text(" + std::to_string(text.size()) + ")"; }
  std::string operator()(const Bytes& bytes) const { return "bytes(" + std::to_string(bytes.size()) + ")"; }
  std::string operator()(const Uuid&) const { return "uuid"; }
  std::string operator()(Timestamp) const { return "timestamp"; }
};

struct Shown {
  std::string operator()(Null) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return std::to_string(value); }
  std::string operator()(const std::string& text) const { return "'" + text + "'"; }
  std::string operator()(const Bytes& bytes) const { return to_hex(bytes); }
  std::string operator()(const Uuid& id) const { return id.to_string(); }
  std::string operator()(Timestamp moment) const { return moment.to_string(); }
};

}  // namespace

struct LoggedDatabase::Log {
  log::Logger& logger;
  const StatementLogOptions options;
  std::atomic<std::uint64_t> transactions = 0;

  [[nodiscard]] bool wanted() const { return logger.enabled(log::Level::debug); }

  [[nodiscard]] std::string parameters_of(const Statement& statement) const {
    const bool shown = options.parameters == StatementLogOptions::Parameters::shown;
    std::string out;
    for (const auto& value : statement.parameters) {
      if (out.size() > options.parameters_bytes_max) return out.substr(0, options.parameters_bytes_max) + "...";
      if (!out.empty()) out += ", ";
      out += shown ? std::visit(Shown{}, value) : std::visit(Shape{}, value);
    }
    return out.size() > options.parameters_bytes_max ? out.substr(0, options.parameters_bytes_max) + "..." : out;
  }

  void write(std::string_view sql, const std::string& parameters, Steady::duration took, std::int64_t rows,
             const std::optional<Error>& error, std::uint64_t transaction) const {
    if (!wanted()) return;
    const std::chrono::duration<double, std::milli> milliseconds = took;
    std::vector<log::Attribute> attributes{
        {"sql", sql.substr(0, options.sql_bytes_max)}, {"ms", milliseconds.count()}, {"rows", rows}};
    if (!parameters.empty()) attributes.emplace_back("parameters", parameters);
    if (transaction != 0) attributes.emplace_back("transaction", transaction);
    if (error) attributes.emplace_back("error", error->code().name);
    logger.write(log::Level::debug, "statement", attributes);
  }

  // As always, the executor outlives the task.
  static Task<Result<Outcome>> execute(std::shared_ptr<Log> self, Executor& to, Statement statement,
                                       std::uint64_t transaction) {
    const std::string sql = statement.sql;
    const std::string parameters = self->parameters_of(statement);
    std::int64_t rows = 0;
    if (statement.on_row) {
      statement.on_row = [&rows, read = std::move(statement.on_row)](const Row& row) {
        ++rows;
        read(row);
      };
    }
    const auto started = Steady::now();
    auto outcome = co_await to.execute(std::move(statement));
    if (outcome && rows == 0) rows = outcome->rows_affected;
    self->write(sql, parameters, Steady::now() - started, rows, outcome ? std::nullopt : std::optional(outcome.error()),
                transaction);
    co_return outcome;
  }
};

namespace {

template <class Log>
class LoggedSession final : public Transaction::Session {
 public:
  LoggedSession(Transaction transaction, std::shared_ptr<Log> log)
      : transaction_(std::move(transaction)), log_(std::move(log)), number_(++log_->transactions) {}

  [[nodiscard]] Dialect dialect() const override { return transaction_.dialect(); }
  Task<Result<Outcome>> execute(Statement statement) override {
    return Log::execute(log_, transaction_, std::move(statement), number_);
  }
  Task<Result<Outcome>> insert_bulk(BulkRows rows) override {
    const auto started = Steady::now();
    auto done = co_await transaction_.insert_bulk(rows);
    log_->write("bulk insert into " + std::string(rows.table), {}, Steady::now() - started,
                done ? done->rows_affected : 0, done ? std::nullopt : std::optional(done.error()), number_);
    co_return done;
  }
  Task<Result<>> commit() override {
    const auto started = Steady::now();
    auto done = co_await transaction_.commit();
    report("commit", started, done);
    co_return done;
  }
  Task<Result<>> rollback() override {
    const auto started = Steady::now();
    auto done = co_await transaction_.rollback();
    report("rollback", started, done);
    co_return done;
  }

 private:
  void report(std::string_view what, Steady::time_point started, const Result<>& done) const {
    log_->write(what, {}, Steady::now() - started, 0, done ? std::nullopt : std::optional(done.error()), number_);
  }

  Transaction transaction_;
  const std::shared_ptr<Log> log_;
  const std::uint64_t number_;
};

}  // namespace

LoggedDatabase::LoggedDatabase(std::unique_ptr<Database> database, log::Logger& logger, StatementLogOptions options)
    : database_(std::move(database)), log_(new Log{.logger = logger, .options = options}) {}

LoggedDatabase::~LoggedDatabase() = default;

Task<Result<Outcome>> LoggedDatabase::execute(Statement statement) {
  if (!log_->wanted()) return database_->execute(std::move(statement));
  return Log::execute(log_, *database_, std::move(statement), 0);
}

Task<Result<>> LoggedDatabase::execute_both(Statement first, Statement second) {
  if (!log_->wanted()) return database_->execute_both(std::move(first), std::move(second));
  return Database::execute_both(std::move(first), std::move(second));
}

Task<Result<Outcome>> LoggedDatabase::execute_with(Statement write, std::vector<Statement> inserts) {
  if (!log_->wanted()) return database_->execute_with(std::move(write), std::move(inserts));
  return Database::execute_with(std::move(write), std::move(inserts));
}

Task<Result<Transaction>> LoggedDatabase::begin() {
  auto transaction = co_await database_->begin();
  if (!transaction || !log_->wanted()) co_return transaction;
  co_return Transaction(std::make_unique<LoggedSession<Log>>(std::move(*transaction), log_));
}

Task<Result<std::string>> explain(Executor& executor, Statement statement) {
  const bool sqlite = executor.dialect() == Dialect::sqlite;
  statement.sql = (sqlite ? "explain query plan " : "explain ") + statement.sql;
  std::string out;
  const std::size_t column = sqlite ? 3 : 0;  // id, parent, unused, detail
  statement.on_row = [&out, column](const Row& row) { out.append(row.text(column)).append("\n"); };
  auto done = co_await executor.execute(std::move(statement));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return out;
}

}  // namespace ashlar::sql
