// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/unit_of_work.hpp"

#include "ashlar/async/shielded.hpp"

#include <charconv>
#include <exception>
#include <stdexcept>
#include <string>

namespace ashlar::api {

namespace {

// Appends a statement's text with its parameters $1, $2, ... numbered from `offset` + 1. Texts of insert() hold no
// dollar signs but those.
void append_renumbered(std::string_view sql, std::size_t offset, std::string& out) {
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] != '$') {
      out += sql[at++];
      continue;
    }
    std::size_t number = 0;
    const char* const begin = sql.data() + at + 1;
    const auto end = std::from_chars(begin, sql.data() + sql.size(), number).ptr;
    out.append("$").append(std::to_string(number + offset));
    at += 1 + static_cast<std::size_t>(end - begin);
  }
}

}  // namespace

bool may_be_written(const Error& error) {
  return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timed_out ||
         error.kind() == ErrorKind::internal;
}

sql::Statement joined(std::vector<sql::Statement> inserts) {
  if (inserts.size() == 1) return std::move(inserts.front());
  sql::Statement out{.mode = sql::Mode::write};
  for (std::size_t i = 0; i < inserts.size(); ++i) {
    out.sql.append(i == 0 ? "with " : ", ").append("e").append(std::to_string(i)).append(" as (");
    append_renumbered(inserts[i].sql, out.parameters.size(), out.sql);
    out.sql += ')';
    for (auto& value : inserts[i].parameters) out.parameters.push_back(std::move(value));
  }
  out.sql += " select 1";
  return out;
}

Task<Result<>> UnitOfWork::begin() {
  if (transaction_) co_return Result<>{};
  transaction_.emplace(co_await unwrap(sql::detail::begin(database_, options_)));
  co_return Result<>{};
}

Task<Result<sql::Outcome>> UnitOfWork::execute(sql::Statement statement) {
  if (statements_ == Statements::one && collected_.empty()) {
    if (executed_) throw std::logic_error("a unit of one statement executes a second one: use Units::run()");
    executed_ = true;
    if (effects_.empty()) co_return co_await database_.execute(std::move(statement));
    co_return co_await async::shielded(execute_alone(std::move(statement)));
  }
  co_await unwrap(begin());
  co_return co_await transaction_->execute(std::move(statement));
}

// The statement commits by itself, so its effects follow immediately: a cancelled request must not separate them.
Task<Result<sql::Outcome>> UnitOfWork::execute_alone(sql::Statement statement) {
  std::optional<Result<sql::Outcome>> done;
  std::exception_ptr thrown;
  try {
    done.emplace(co_await database_.execute(std::move(statement)));
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

void UnitOfWork::collect(sql::Statement insert) {
  if (executed_) throw std::logic_error("a unit of one statement collects a row after it: use Units::run()");
  collected_.push_back(std::move(insert));
}

// SQLite runs in this process: several statements cost no round trips.
Task<Result<>> UnitOfWork::write_collected() {
  if (collected_.empty()) co_return Result<>{};
  co_await unwrap(begin());
  if (dialect() == sql::Dialect::postgres) {
    co_await unwrap(transaction_->execute(joined(std::move(collected_))));
    co_return Result<>{};
  }
  for (sql::Statement& insert : collected_) {
    co_await unwrap(transaction_->execute(std::move(insert)));
  }
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
