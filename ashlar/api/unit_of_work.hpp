// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/sql/insert.hpp"
#include "ashlar/sql/transaction.hpp"

#include <any>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace ashlar::api {

// Receives what units send after their commits (UnitOfWork::send_after_commit): a bus of events, a doorbell. It
// recognises its own messages by their type. Called on the loop of the unit; it must not throw.
using CommitListener = std::function<Task<>(std::any message)>;

// A transaction that carries its Call. Operations write through it, and repositories take it. Created by Units
// (units.hpp) and used by one coroutine, one statement at a time; it rolls back unless Units commits it.
//
// What must commit together with the operation's rows (audit entries, jobs, events, mail) is collected here and written
// in one statement directly before COMMIT, when every row lock is held. The order of these rows therefore follows the
// order of the changes to each key. Follow-up effects run after the commit and are not cancelled with the request.
class UnitOfWork final : public sql::TransactionalExecutor {
 public:
  // One statement: it commits by itself, without BEGIN and COMMIT.
  enum class Statements : std::uint8_t { many, one };
  // The listener outlives the unit; null: messages are dropped.
  UnitOfWork(Call& call, sql::Database& database, sql::TransactionOptions options, Statements statements,
             const CommitListener* listener = nullptr)
      : call_(call), database_(database), options_(options), statements_(statements), listener_(listener) {}
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;

  [[nodiscard]] Call& call() const { return call_; }
  // For effects after the commit; statements of the unit go through execute().
  [[nodiscard]] sql::Database& database() const { return database_; }
  [[nodiscard]] sql::Dialect dialect() const override { return database_.dialect(); }
  // The transaction begins with the first statement. A unit of one statement may read before it. Errors: those of
  // sql::errors.
  Task<Result<sql::Outcome>> execute(sql::Statement statement) override;

  // Inserts the row together with everything else that was collected. Rows of one table are inserted in the order of
  // the calls. In a unit of one statement, call it before that statement.
  template <sql::Table T>
  void insert_at_commit(const T& row) {
    insert_part_at_commit<T, T>(row);
  }
  // Some columns of T; the table's defaults fill the others.
  template <sql::Table T, schema::DescribedStruct Part>
  void insert_part_at_commit(const Part& row) {
    for (auto& statement : sql::insert_into<T, Part>(row).statements(dialect())) collect(std::move(statement));
  }
  // Another statement than an insert, such as `with ... insert`, costs a round trip of its own on PostgreSQL.
  void collect(sql::Statement insert);
  // Executes the insert of one row if the unit's next write affects or returns a row: an audit entry of that write. In
  // a unit of one statement both are one statement, or one unit of SQLite's writer (sql::Database::execute_with).
  void collect_with_next_write(sql::Statement insert) { with_next_write_.push_back(std::move(insert)); }

  // Runs after the COMMIT, also when its outcome is unknown (the answer was lost), and never after a rollback. The
  // request waits for it, but cancelling the request does not cancel it: it needs its own time limit. An exception that
  // it throws is logged. In a unit of one statement, add it before that statement.
  using Effect = std::move_only_function<Task<>()>;
  void after_commit(Effect effect);
  // An effect: gives the message to UnitOptions::listener.
  void send_after_commit(std::any message);

  // For Units. commit() also runs the effects, and is not cancelled with the request.
  Task<Result<>> commit();
  Task<> rollback();

 private:
  Task<Result<sql::Outcome>> execute_alone(sql::Statement statement);
  Task<Result<sql::Outcome>> execute_in_transaction(sql::Statement statement);
  Task<Result<>> commit_transaction();
  Task<> run_effects();
  Task<Result<>> begin();
  Task<Result<>> write_collected();

  Call& call_;
  sql::Database& database_;
  const sql::TransactionOptions options_;
  const Statements statements_;
  const CommitListener* const listener_;
  std::optional<sql::Transaction> transaction_;
  bool executed_ = false;  // of a unit of one statement: whether it has run
  std::vector<sql::Statement> collected_;
  std::vector<sql::Statement> with_next_write_;
  std::vector<Effect> effects_;
};

// Whether a write that failed with this error may have been committed: the answer was lost.
[[nodiscard]] bool may_be_written(const Error& error);

}  // namespace ashlar::api
