// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/schema_work.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/handles.hpp"
#include "ashlar/sql/postgres/detail/parameters.hpp"
#include "ashlar/sql/postgres/detail/result.hpp"

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ashlar::sql::postgres::detail {
namespace {

constexpr std::chrono::milliseconds lock_poll_time{50};
constexpr int binary_format = 1;

// Advisory locks are per database: no other program may use the number.
constexpr const char* try_lock = "SELECT pg_try_advisory_lock(4704919220214091)";

// Holds the lock through its session.
class SessionLock final : public MigrationLock {
 public:
  explicit SessionLock(ConnectionHandle connection) : connection_(std::move(connection)) {}

 private:
  ConnectionHandle connection_;
};

Result<ResultHandle> run(PGconn* connection, const std::string& sql) {
  ResultHandle result(PQexec(connection, sql.c_str()));
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) return std::unexpected(error_of(result.get(), sql));
  return result;
}

Result<> read(PGconn* connection, const Statement& statement) {
  Parameters parameters;
  if (auto encoded = parameters.encode(statement.parameters); !encoded) return encoded;
  std::vector<Oid> types;
  for (const Value& value : statement.parameters) types.push_back(declared_type(value));
  const ResultHandle result(PQexecParams(connection, statement.sql.c_str(), parameters.count(), types.data(),
                                         parameters.values(), parameters.lengths(), parameters.formats(),
                                         binary_format));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    return std::unexpected(error_of(result.get(), statement.sql));
  }
  Job job;
  job.statement = &statement;
  read_rows(job, result.get());
  if (job.thrown) std::rethrow_exception(job.thrown);
  return {};
}

// The names of types, in the order of their OIDs.
Result<std::vector<std::string>> names_of(PGconn* connection, const std::vector<Oid>& types) {
  std::vector<std::string> out;
  if (types.empty()) return out;
  std::string list;
  for (const Oid type : types) list += (list.empty() ? "" : ", ") + std::to_string(type);
  auto names = run(connection, "SELECT format_type(type, NULL) FROM unnest(ARRAY[" + list +
                                   "]::oid[]) WITH ORDINALITY AS t (type, "
                                   "place) ORDER BY place");
  if (!names) return std::unexpected(std::move(names.error()));
  for (int i = 0; i < PQntuples(names->get()); ++i) out.emplace_back(PQgetvalue(names->get(), i, 0));
  return out;
}

}  // namespace

// Polls: a session that waits in pg_advisory_lock has a snapshot, and the CREATE INDEX CONCURRENTLY of the lock's
// holder would wait for that snapshot forever.
Result<std::unique_ptr<MigrationLock>> lock_migrations(const Dialer& dialer, std::chrono::milliseconds wait_max) {
  auto connection = dialer.connect(Use::blocking);
  if (!connection) return std::unexpected(std::move(connection.error()));
  const auto until = std::chrono::steady_clock::now() + wait_max;
  while (true) {
    auto tried = run(connection->get(), try_lock);
    if (!tried) return std::unexpected(std::move(tried.error()));
    if (std::string_view(PQgetvalue(tried->get(), 0, 0)) == "t")
      return std::make_unique<SessionLock>(std::move(*connection));
    if (std::chrono::steady_clock::now() >= until) return nullptr;
    std::this_thread::sleep_for(lock_poll_time);
  }
}

Result<> dry_run(const Dialer& dialer, std::string_view script, std::span<const Statement> reads) {
  if (script.find('\0') != std::string_view::npos) return std::unexpected(failed("a NUL in a script"));
  auto connection = dialer.connect(Use::blocking);
  if (!connection) return std::unexpected(std::move(connection.error()));
  // Nothing of the public schema is reachable: what the script drops or alters must be its own.
  const std::string begin =
      "BEGIN; CREATE SCHEMA ashlar_dry_run; SET LOCAL search_path = ashlar_dry_run; SET LOCAL lock_timeout = 5000";
  for (const std::string& text : {begin, std::string(script)}) {
    if (auto done = run(connection->get(), text); !done) return std::unexpected(std::move(done.error()));
  }
  if (PQtransactionStatus(connection->get()) != PQTRANS_INTRANS) {
    (void)run(connection->get(), "DROP SCHEMA IF EXISTS ashlar_dry_run CASCADE");
    return std::unexpected(failed("the script ends the transaction that it runs in"));
  }
  for (const Statement& statement : reads) {
    if (auto done = read(connection->get(), statement); !done) return done;
  }
  return {};  // the connection is closed, which rolls back the transaction
}

Result<StatementShape> describe(const Dialer& dialer, std::string_view sql) {
  if (sql.find('\0') != std::string_view::npos) return std::unexpected(failed("a NUL in a statement"));
  auto connection = dialer.connect(Use::blocking);
  if (!connection) return std::unexpected(std::move(connection.error()));
  const std::string text(sql);
  const ResultHandle prepared(PQprepare(connection->get(), "", text.c_str(), 0, nullptr));
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return std::unexpected(error_of(prepared.get(), text));
  const ResultHandle described(PQdescribePrepared(connection->get(), ""));
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return std::unexpected(error_of(described.get(), text));
  std::vector<Oid> parameters, columns;
  for (int i = 0; i < PQnparams(described.get()); ++i) parameters.push_back(PQparamtype(described.get(), i));
  for (int i = 0; i < PQnfields(described.get()); ++i) columns.push_back(PQftype(described.get(), i));
  auto parameter_names = names_of(connection->get(), parameters);
  if (!parameter_names) return std::unexpected(std::move(parameter_names.error()));
  auto column_names = names_of(connection->get(), columns);
  if (!column_names) return std::unexpected(std::move(column_names.error()));
  StatementShape out{.parameters = std::move(*parameter_names), .columns = {}};
  for (std::size_t i = 0; i < column_names->size(); ++i)
    out.columns.push_back({.name = PQfname(described.get(), static_cast<int>(i)), .type = (*column_names)[i]});
  return out;
}

}  // namespace ashlar::sql::postgres::detail
