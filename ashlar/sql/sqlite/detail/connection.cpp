// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/detail/connection.hpp"

#include "ashlar/core/encoding.hpp"
#include "ashlar/core/parse.hpp"
#include "ashlar/sql/sqlite/detail/errors.hpp"
#include "ashlar/sql/sqlite/detail/fold.hpp"
#include "ashlar/sql/sqlite/detail/row.hpp"

#include <chrono>
#include <cmath>
#include <mutex>
#include <thread>

namespace ashlar::sql::sqlite::detail {
namespace {

constexpr int deadline_steps = 4096;  // SQLite instructions between two checks of the clock
constexpr std::chrono::milliseconds slow_from{1};
constexpr std::size_t parameters_max = 32'766;  // SQLite's default; preparing takes time quadratic in their number

const char* control_text(Connection::Control what) {
  switch (what) {
    case Connection::Control::begin:
      return "begin";
    case Connection::Control::begin_immediate:
      return "begin immediate";
    case Connection::Control::commit:
      return "commit";
    case Connection::Control::rollback:
      return "rollback";
    case Connection::Control::savepoint:
      return "savepoint unit";
    case Connection::Control::release:
      return "release unit";
    case Connection::Control::rollback_to:
      return "rollback to unit";
  }
  return "";
}

const char* synchronous_name(Synchronous synchronous) {
  switch (synchronous) {
    case Synchronous::full:
      return "full";
    case Synchronous::normal:
      return "normal";
    case Synchronous::off:
      return "off";
  }
  return "full";
}

// "$12" -> 11; nullopt for anything but our parameters.
std::optional<std::size_t> source_of(const char* name) {
  if (name == nullptr || name[0] != '$') return std::nullopt;
  const auto number = parse_integer<std::size_t>(name + 1);
  if (!number || *number == 0) return std::nullopt;
  return *number - 1;
}

// Binds values that SQLite may refer to until the statement is reset.
struct Binder {
  sqlite3_stmt* statement;
  int at;

  int operator()(Null) const { return sqlite3_bind_null(statement, at); }
  int operator()(bool value) const { return sqlite3_bind_int(statement, at, value ? 1 : 0); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, at, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, at, value); }
  int operator()(const std::string& value) const {
    return sqlite3_bind_text64(statement, at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(const Bytes& value) const {
    if (value.empty()) return sqlite3_bind_zeroblob(statement, at, 0);
    return sqlite3_bind_blob64(statement, at, value.data(), value.size(), SQLITE_STATIC);
  }
  int operator()(const Uuid& value) const {
    const std::string text = value.to_string();
    return sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  int operator()(Timestamp value) const { return sqlite3_bind_int64(statement, at, value.milliseconds()); }
};

Result<> check_value(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (text->find('\0') != std::string::npos)
      return fail(errors::invalid_text, "A text must not hold a NUL character.");
    if (!is_utf8(*text)) return fail(errors::invalid_text, "A text must be well-formed UTF-8.");
  } else if (const auto* number = std::get_if<double>(&value)) {
    if (std::isnan(*number)) return fail(errors::invalid_number, "A number is needed.");
  }
  return {};
}

// Resets the statement on every path.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;
  ~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Options& options, Access access) {
  // SQLite's memory statistics would take a process-wide lock at every allocation.
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });

  std::unique_ptr<Connection> out(new Connection(options, access));
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const int code = sqlite3_open_v2(options.path.c_str(), &raw, flags, nullptr);
  out->connection_.reset(raw);
  if (code != SQLITE_OK) return std::unexpected(unavailable(options.path.string() + ": " + sqlite3_errstr(code)));
  if (auto configured = out->configure(); !configured) return std::unexpected(std::move(configured.error()));
  return out;
}

// When two processes create a file at the same time, SQLite reports busy to one of them without waiting for
// busy_timeout: each would wait for the other.
Result<> Connection::use_log() {
  const auto until = std::chrono::steady_clock::now() + options_.busy_timeout;
  while (true) {
    auto done = execute("pragma journal_mode=wal");
    const bool busy = (sqlite3_errcode(connection_.get()) & 0xff) == SQLITE_BUSY;
    if (done || !busy || std::chrono::steady_clock::now() >= until) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

Result<> Connection::configure() {
  sqlite3* raw = connection_.get();
  sqlite3_busy_timeout(raw, static_cast<int>(options_.busy_timeout.count()));
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, options_.schema == Schema::trusted ? 1 : 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "name" is a column, never a string
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  add_case_folding(raw);

  if (access_ == Access::read_write) {
    if (auto done = use_log(); !done) return done;
  }
  std::string set = "pragma synchronous=" + std::string(synchronous_name(options_.synchronous)) +
                    ";pragma foreign_keys=on;pragma temp_store=memory;pragma cache_size=-" +
                    std::to_string(options_.cache_bytes / 1024) +
                    ";pragma mmap_size=" + std::to_string(options_.mmap_bytes) +
                    ";pragma journal_size_limit=" + std::to_string(options_.wal_bytes_kept);
  if (auto done = execute(set); !done) return done;

  for (std::size_t i = 0; i < control_count; ++i) {
    auto compiled = compile(control_text(static_cast<Control>(i)), SQLITE_PREPARE_PERSISTENT, nullptr);
    if (!compiled) return std::unexpected(std::move(compiled.error()));
    controls_[i] = std::move(*compiled);
  }
  sqlite3_set_authorizer(raw, &Connection::authorize, this);
  sqlite3_progress_handler(raw, deadline_steps, &Connection::check_deadline, this);
  return {};
}

Result<> Connection::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error_of(connection_.get(), sql));
  }
  return {};
}

int Connection::authorize(void* self, int action, const char*, const char*, const char*, const char*) {
  switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return static_cast<Connection*>(self)->controlling_ ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return SQLITE_DENY;
    default:
      return SQLITE_OK;
  }
}

int Connection::check_deadline(void* self) {
  const auto deadline = static_cast<Connection*>(self)->deadline_;
  return deadline != Steady::time_point::max() && Steady::now() >= deadline ? 1 : 0;
}

Result<> Connection::control(Control what) {
  sqlite3_stmt* statement = controls_[static_cast<std::size_t>(what)].get();
  controlling_ = true;  // a schema change makes SQLite prepare it again
  const int code = sqlite3_step(statement);
  controlling_ = false;
  Result<> out;
  if (code != SQLITE_DONE) out = std::unexpected(error_of(connection_.get(), control_text(what)));
  sqlite3_reset(statement);
  return out;
}

Result<StatementHandle> Connection::compile(std::string_view sql, unsigned flags, const char** tail) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()), flags, &raw, tail) != SQLITE_OK) {
    return std::unexpected(error_of(connection_.get(), sql));
  }
  return StatementHandle(raw);
}

Result<Prepared> Connection::prepare(const std::string& sql) {
  if (sql.find('\0') != std::string::npos) return std::unexpected(failed("a NUL character in a statement"));
  const char* tail = nullptr;
  auto compiled = compile(sql, SQLITE_PREPARE_PERSISTENT, &tail);
  if (!compiled) return std::unexpected(std::move(compiled.error()));
  if (*compiled == nullptr) return std::unexpected(failed("no statement: " + sql));
  while (tail != nullptr && *tail != '\0') {  // white space and comments may follow
    auto more = compile(tail, 0, &tail);
    if (!more) return std::unexpected(std::move(more.error()));
    if (*more != nullptr) return std::unexpected(failed("more than one statement: " + sql));
  }
  Prepared out{.handle = std::move(*compiled), .sources = {}};
  if (access_ == Access::read_only && sqlite3_stmt_readonly(out.handle.get()) == 0) {
    return std::unexpected(failed("a write was declared as Mode::read: " + sql));
  }
  const int count = sqlite3_bind_parameter_count(out.handle.get());
  for (int i = 1; i <= count; ++i) {
    const auto source = source_of(sqlite3_bind_parameter_name(out.handle.get(), i));
    if (!source) return std::unexpected(failed("parameters are $1, $2, ...: " + sql));
    out.sources.push_back(*source);
    out.parameters = std::max(out.parameters, *source + 1);
  }
  return out;
}

Result<Prepared*> Connection::prepared(const std::string& sql) {
  if (const auto found = by_text_.find(sql); found != by_text_.end()) {
    kept_.splice(kept_.begin(), kept_, found->second);
    return &found->second->second;
  }
  auto made = prepare(sql);
  if (!made) return std::unexpected(std::move(made.error()));
  if (!kept_.empty() && kept_.size() >= options_.statements_max) {
    by_text_.erase(kept_.back().first);
    kept_.pop_back();
  }
  kept_.emplace_front(sql, std::move(*made));
  by_text_.emplace(kept_.front().first, kept_.begin());
  return &kept_.front().second;
}

Result<> Connection::bind(const Prepared& prepared, const std::vector<Value>& parameters) {
  if (parameters.size() != prepared.parameters) {
    return std::unexpected(failed(std::to_string(parameters.size()) + " parameters for " +
                                  std::to_string(prepared.parameters) + ": " + sqlite3_sql(prepared.handle.get())));
  }
  for (const auto& value : parameters) {
    if (auto checked = check_value(value); !checked) return checked;
  }
  for (std::size_t i = 0; i < prepared.sources.size(); ++i) {
    const Binder binder{prepared.handle.get(), static_cast<int>(i) + 1};
    if (std::visit(binder, parameters[prepared.sources[i]]) != SQLITE_OK) {
      return std::unexpected(error_of(connection_.get(), sqlite3_sql(prepared.handle.get())));
    }
  }
  return {};
}

Result<Outcome> Connection::run(const Statement& statement, Steady::time_point deadline) {
  if (statement.parameters.size() > parameters_max) return std::unexpected(failed("more than 32,766 parameters"));
  auto found = prepared(statement.sql);
  if (!found) return std::unexpected(std::move(found.error()));
  Prepared& prepared = **found;
  sqlite3_stmt* raw = prepared.handle.get();
  const Reset reset(raw);
  if (auto bound = bind(prepared, statement.parameters); !bound) return std::unexpected(std::move(bound.error()));

  deadline_ = deadline;
  const auto started = Steady::now();
  const auto changes_before = sqlite3_total_changes64(connection_.get());
  int code = sqlite3_step(raw);
  if (code == SQLITE_ROW) {
    const StatementRow row(raw);
    do {
      if (statement.on_row) statement.on_row(row);
      code = sqlite3_step(raw);
    } while (code == SQLITE_ROW);
  }
  prepared.slow = Steady::now() - started > slow_from;
  deadline_ = Steady::time_point::max();
  if (code != SQLITE_DONE) return std::unexpected(error_of(connection_.get(), statement.sql));
  const bool changed = sqlite3_total_changes64(connection_.get()) != changes_before;
  return Outcome{.rows_affected = changed ? sqlite3_changes64(connection_.get()) : 0};
}

Result<> Connection::run_script(std::string_view sql, Steady::time_point deadline) {
  const std::string text(sql);  // ends with a NUL
  if (text.find('\0') != std::string::npos) return std::unexpected(failed("a NUL character in a script"));
  deadline_ = deadline;
  auto out = execute(text);
  deadline_ = Steady::time_point::max();
  return out;
}

Result<StatementShape> Connection::describe(const std::string& sql) {
  auto prepared = prepare(sql);
  if (!prepared) return std::unexpected(std::move(prepared.error()));
  sqlite3_stmt* raw = prepared->handle.get();
  StatementShape out{.parameters = std::vector<std::string>(prepared->parameters), .columns = {}};
  for (int i = 0; i < sqlite3_column_count(raw); ++i) {
    const char* type = sqlite3_column_decltype(raw, i);
    out.columns.push_back({.name = sqlite3_column_name(raw, i), .type = type == nullptr ? "" : type});
  }
  return out;
}

void Connection::run(Job& job, Steady::time_point deadline) {
  try {
    if (job.kind == Job::Kind::script) {
      auto done = run_script(job.statement->sql, deadline);
      job.outcome = done ? Result<Outcome>{} : std::unexpected(std::move(done.error()));
    } else {
      job.outcome = run(*job.statement, deadline);
    }
  } catch (...) {
    job.thrown = std::current_exception();
  }
  deadline_ = Steady::time_point::max();
}

bool Connection::has_broken_references() const {
  int broken = 0;
  int highest = 0;
  sqlite3_db_status(connection_.get(), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &highest, 0);
  return broken != 0;
}

bool Connection::was_slow(const Statement& statement) const {
  const auto found = by_text_.find(statement.sql);
  return found != by_text_.end() && found->second->second.slow;
}

}  // namespace ashlar::sql::sqlite::detail
