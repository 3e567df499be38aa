// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/unit_of_work.hpp"

#include "ashlar/async/shielded.hpp"
#include "ashlar/sql/joined_statements.hpp"

#include <algorithm>
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

namespace {

// "insert into t": up to the columns; the whole text of another statement.
std::string_view target_of(std::string_view sql) { return sql.substr(0, sql.find('(')); }

// Where the values of an insert of one row begin: at "($1, ...)". npos: the text is not such an insert.
std::size_t values_of(std::string_view sql) {
  constexpr std::string_view before = ") values ";
  const std::size_t at = sql.rfind(before);
  const bool is_plain = sql.starts_with("insert into ") && sql.ends_with(')');
  return at == std::string_view::npos || !is_plain ? std::string_view::npos : at + before.size();
}

}  // namespace

std::vector<sql::Statement> merged(std::vector<sql::Statement> inserts) {
  struct Open {
    std::string text;  // of one row
    std::size_t at;    // in the result
    std::size_t rows;
  };
  std::vector<sql::Statement> out;
  std::vector<Open> open;
  for (sql::Statement& insert : inserts) {
    const std::size_t values = values_of(insert.sql);
    auto earlier = std::ranges::find(open, insert.sql, &Open::text);
    if (values == std::string::npos || earlier == open.end() || earlier->rows == rows_per_insert_max) {
      if (earlier == open.end()) earlier = open.insert(open.end(), {.text = insert.sql, .at = 0, .rows = 0});
      earlier->at = out.size();
      earlier->rows = 1;
      out.push_back(std::move(insert));
      continue;
    }
    sql::Statement& into = out[earlier->at];
    ++earlier->rows;
    into.sql += ", ";
    append_renumbered(std::string_view(insert.sql).substr(values), into.parameters.size(), into.sql);
    std::ranges::move(insert.parameters, std::back_inserter(into.parameters));
  }
  return out;
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

// SQLite runs in this process: several statements cost no round trips. On PostgreSQL the parts of one statement execute
// in any order, so rows of one table must not be in two of them: all but the last insert into a table go first.
Task<Result<>> UnitOfWork::write_collected() {
  if (collected_.empty()) co_return Result<>{};
  co_await unwrap(begin());
  auto inserts = merged(std::move(collected_));
  collected_.clear();
  std::vector<sql::Statement> last;
  for (std::size_t i = 0; i < inserts.size(); ++i) {
    const auto same_table = [&](const sql::Statement& other) {
      return target_of(other.sql) == target_of(inserts[i].sql);
    };
    const bool is_last = std::none_of(inserts.begin() + static_cast<std::ptrdiff_t>(i) + 1, inserts.end(), same_table);
    if (is_last && dialect() == sql::Dialect::postgres) {
      last.push_back(std::move(inserts[i]));
    } else {
      co_await unwrap(transaction_->execute(std::move(inserts[i])));
    }
    co_await unwrap(transaction_->execute(sql::joined_inserts(std::move(collected_))));
  }
  if (!last.empty()) co_await unwrap(transaction_->execute(joined(std::move(last))));
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
