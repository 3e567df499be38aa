// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/sql/insert.hpp"
#include "ashlar/sql/transaction.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace ashlar::api {

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
  UnitOfWork(Call& call, sql::Database& database, sql::TransactionOptions options, Statements statements)
      : call_(call), database_(database), options_(options), statements_(statements) {}
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;

  [[nodiscard]] Call& call() const { return call_; }
  [[nodiscard]] sql::Dialect dialect() const override { return database_.dialect(); }
  // The transaction begins with the first statement. Errors: those of sql::errors.
  Task<Result<sql::Outcome>> execute(sql::Statement statement) override;

  // Inserts the row together with everything else that was collected. In a unit of one statement, call it before that
  // statement.
  template <sql::Table T>
  void insert_at_commit(const T& row) {
    for (auto& statement : sql::insert(row).statements(dialect())) collect(std::move(statement));
  }
  void collect(sql::Statement insert);

  // Runs after the COMMIT, also when its outcome is unknown (the answer was lost), and never after a rollback. The
  // request waits for it, but cancelling the request does not cancel it: it needs its own time limit. An exception that
  // it throws is logged. In a unit of one statement, add it before that statement.
  using Effect = std::move_only_function<Task<>()>;
  void after_commit(Effect effect);

  // For Units. commit() also runs the effects, and is not cancelled with the request.
  Task<Result<>> commit();
  Task<> rollback();

 private:
  Task<Result<sql::Outcome>> execute_alone(sql::Statement statement);
  Task<Result<>> commit_transaction();
  Task<> run_effects();
  Task<Result<>> begin();
  Task<Result<>> write_collected();

  Call& call_;
  sql::Database& database_;
  const sql::TransactionOptions options_;
  const Statements statements_;
  std::optional<sql::Transaction> transaction_;
  bool executed_ = false;  // of a unit of one statement: whether it has run
  std::vector<sql::Statement> collected_;
  std::vector<Effect> effects_;
};

// Whether a write that failed with this error may have been committed: the answer was lost.
[[nodiscard]] bool may_be_written(const Error& error);

// Several inserts as one statement of PostgreSQL's: with a as (insert ...), b as (insert ...) select 1.
[[nodiscard]] sql::Statement joined(std::vector<sql::Statement> inserts);

}  // namespace ashlar::api
