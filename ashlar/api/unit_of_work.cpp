// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/unit_of_work.hpp"

#include "ashlar/async/shielded.hpp"
#include "ashlar/sql/joined_statements.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace ashlar::api {

bool may_be_written(const Error& error) {
  return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out ||
         error.kind() == ErrorKind::internal;
}

Task<Result<>> UnitOfWork::begin() {
  if (transaction_) co_return Result<>{};
  transaction_.emplace(co_await unwrap(sql::detail::begin(database_, options_)));
  co_return Result<>{};
}

Task<Result<sql::Outcome>> UnitOfWork::execute(sql::Statement statement) {
  if (statements_ == Statements::one && collected_.empty()) {
    if (statement.mode == sql::Mode::read) co_return co_await database_.execute(std::move(statement));
    if (executed_) throw std::logic_error("a unit of one statement executes a second one: use Units::run()");
    executed_ = true;
    if (effects_.empty()) co_return co_await database_.execute_with(std::move(statement), std::move(with_next_write_));
    co_return co_await async::shielded(execute_alone(std::move(statement)));
  }
  co_await unwrap(begin());
  if (with_next_write_.empty() || statement.mode == sql::Mode::read)
    co_return co_await transaction_->execute(std::move(statement));
  co_return co_await execute_in_transaction(std::move(statement));
}

Task<Result<sql::Outcome>> UnitOfWork::execute_in_transaction(sql::Statement statement) {
  std::int64_t rows = 0;
  if (statement.on_row) {
    statement.on_row = [&rows, read = std::move(statement.on_row)](const sql::Row& row) {
      ++rows;
      read(row);
    };
  }
  auto inserts = std::exchange(with_next_write_, {});
  auto written = co_await transaction_->execute(std::move(statement));
  if (written && std::max(written->rows_affected, rows) > 0) std::ranges::move(inserts, std::back_inserter(collected_));
  co_return written;
}

// The statement commits by itself, so its effects follow immediately: a cancelled request must not separate them.
Task<Result<sql::Outcome>> UnitOfWork::execute_alone(sql::Statement statement) {
  std::optional<Result<sql::Outcome>> done;
  std::exception_ptr thrown;
  try {
    done.emplace(co_await database_.execute_with(std::move(statement), std::move(with_next_write_)));
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!done || *done || may_be_written(done->error())) co_await run_effects();
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(*done);
}

void UnitOfWork::after_commit(Effect effect) {
  if (executed_) throw std::logic_error("a unit of one statement adds an effect after it: use Units::run()");
  effects_.push_back(std::move(effect));
}

namespace {

Task<> deliver(const CommitListener* listener, std::any message) { co_await (*listener)(std::move(message)); }

}  // namespace

void UnitOfWork::send_after_commit(std::any message) {
  if (listener_ == nullptr || !*listener_) return;
  // std::any copies, and an effect runs once.
  after_commit(
      [listener = listener_, sent = std::move(message)]() mutable { return deliver(listener, std::move(sent)); });
}

void UnitOfWork::collect(sql::Statement insert) {
  if (executed_) throw std::logic_error("a unit of one statement collects a row after it: use Units::run()");
  collected_.push_back(std::move(insert));
}

// SQLite runs in this process: several statements cost no round trips.
Task<Result<>> UnitOfWork::write_collected() {
  if (collected_.empty()) co_return Result<>{};
  co_await unwrap(begin());
  auto inserts = sql::merged_inserts(std::exchange(collected_, {}));
  if (dialect() == sql::Dialect::postgres) inserts = sql::joined_in_order(std::move(inserts));
  for (sql::Statement& insert : inserts) co_await unwrap(transaction_->execute(std::move(insert)));
  co_return Result<>{};
}

Task<Result<>> UnitOfWork::commit() {
  if (executed_) co_return Result<>{};
  co_await unwrap(write_collected());
  if (!transaction_) co_return Result<>{};
  if (effects_.empty()) co_return co_await transaction_->commit();
  co_return co_await async::shielded(commit_transaction());
}

Task<Result<>> UnitOfWork::commit_transaction() {
  auto committed = co_await transaction_->commit();
  if (committed || may_be_written(committed.error())) co_await run_effects();
  co_return committed;
}

Task<> UnitOfWork::rollback() {
  if (transaction_) (void)co_await transaction_->rollback();  // the original error matters more
}

Task<> UnitOfWork::run_effects() {
  for (Effect& effect : effects_) {
    try {
      co_await effect();
    } catch (const std::exception& error) {
      call_.log().error("an effect of a committed change failed", {{"cause", error.what()}});
    }
  }
}

}  // namespace ashlar::api
