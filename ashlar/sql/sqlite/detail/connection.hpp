// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/sqlite/database.hpp"
#include "ashlar/sql/sqlite/detail/job.hpp"

#include <sqlite3.h>

#include <array>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ashlar::sql::sqlite::detail {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, Finalize>;

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};

// A prepared statement, with the index of our parameter ($1 is 0) for each of SQLite's parameters.
struct Prepared {
  StatementHandle handle;
  std::vector<std::size_t> sources;
  std::size_t parameters = 0;
  bool slow = false;  // took more than a millisecond at its last run
};

enum class Access : unsigned char { read_only, read_write };

// An SQLite connection, used by one thread at a time.
class Connection {
 public:
  // Opens the file and configures the connection.
  static Result<std::unique_ptr<Connection>> open(const Options& options, Access access);

  // Transaction control is reserved for the driver; other statements that try it are refused.
  enum class Control : unsigned char { begin, begin_immediate, commit, rollback, savepoint, release, rollback_to };
  static constexpr std::size_t control_count = 7;
  Result<> control(Control what);

  // Runs one statement to its end, or until `deadline`. Rethrows what on_row throws.
  Result<Outcome> run(const Statement& statement, Steady::time_point deadline);
  // Runs the statements of one text.
  Result<> run_script(std::string_view sql, Steady::time_point deadline);
  // The parameter and column types of a statement, without running it.
  Result<StatementShape> describe(const std::string& sql);
  // run(), storing an exception of on_row in the job.
  void run(Job& job, Steady::time_point deadline);

  // Whether SQLite is outside a transaction: it may roll one back by itself.
  [[nodiscard]] bool idle() const { return sqlite3_get_autocommit(connection_.get()) != 0; }
  // Whether rows violate foreign keys that are checked at the commit.
  [[nodiscard]] bool has_broken_references() const;
  [[nodiscard]] bool was_slow(const Statement& statement) const;

 private:
  Connection(const Options& options, Access access) : options_(options), access_(access) {}
  Result<> configure();
  Result<> use_log();
  Result<> execute(const std::string& sql);
  Result<StatementHandle> compile(std::string_view sql, unsigned flags, const char** tail);
  Result<Prepared*> prepared(const std::string& sql);
  Result<Prepared> prepare(const std::string& sql);
  Result<> bind(const Prepared& prepared, const std::vector<Value>& parameters);
  static int authorize(void* self, int action, const char*, const char*, const char*, const char*);
  static int check_deadline(void* self);

  using Kept = std::list<std::pair<std::string, Prepared>>;  // the most recently used first

  const Options options_;
  const Access access_;
  bool controlling_ = false;  // whether the driver itself prepares a statement
  Steady::time_point deadline_ = Steady::time_point::max();
  std::unique_ptr<sqlite3, Close> connection_;
  std::array<StatementHandle, control_count> controls_;
  Kept kept_;
  std::unordered_map<std::string_view, Kept::iterator> by_text_;
};

}  // namespace ashlar::sql::sqlite::detail
