// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/session.hpp"

#include "ashlar/schema/type.hpp"
#include "ashlar/sql/postgres/detail/copy_rows.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace ashlar::sql::postgres::detail {
namespace {

// A domain's values have the form of its base type; citext's and an enum's that of text.
constexpr const char* columns_of_table =
    "select a.attname, coalesce(b.oid, t.oid), coalesce(b.typtype, t.typtype) = 'e' or"
    " coalesce(b.typcategory, t.typcategory) = 'S' from pg_attribute a join pg_type t on t.oid = a.atttypid"
    " left join pg_type b on b.oid = t.typbasetype"
    " where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped";

// Of a transaction's first statement, when its prepared statement is stale.
constexpr int first_attempts_max = 3;

}  // namespace

Session::Session(std::shared_ptr<Loop> loop, std::shared_ptr<Connection> connection,
                 std::chrono::milliseconds answer_time_max)
    : loop_(std::move(loop)), connection_(std::move(connection)), answer_time_max_(answer_time_max) {}

Session::~Session() {
  if (stage_ != Stage::over) give_back();
}

void Session::give_back() {
  stage_ = Stage::over;
  loop_->give_back(connection_);
}

auto Session::sent(Job& job, Connection::Before before) {
  job.until = Steady::now() + answer_time_max_;
  return answered(
      job, [this, before](Job& ready) { loop_->send(*connection_, ready, before); },
      [this](Job& given_up) { loop_->abandon(given_up); });
}

Task<Result<Outcome>> Session::execute(Statement statement) {
  if (stage_ == Stage::over) co_return std::unexpected(failed("the transaction is over"));
  for (int attempt = 1;; ++attempt) {
    const bool first = stage_ == Stage::fresh;
    Job job;
    job.statement = &statement;
    co_await sent(job, first ? Connection::Before::begin : Connection::Before::nothing);
    // A statement that was refused before it was sent did not send BEGIN.
    if (connection_->is_open() && connection_->is_in_transaction()) stage_ = Stage::open;
    if (!job.stale || !first || attempt == first_attempts_max) co_return job.take();
    // This transaction has done nothing yet, so it can begin again.
    Job undo;
    undo.kind = Job::Kind::rollback;
    co_await sent(undo, Connection::Before::nothing);
    if (!undo.outcome) co_return undo.take();
    stage_ = Stage::fresh;
  }
}

Task<Result<Outcome>> Session::insert_bulk(BulkRows rows) {
  const auto& members = rows.type->members;
  std::vector<ColumnType> columns(members.size());
  auto described = co_await execute(
      {.sql = columns_of_table, .parameters = {"\"" + std::string(rows.table) + "\""}, .on_row = [&](const Row& row) {
         const auto member = std::ranges::find(members, row.text(0), &schema::Member::name);
         if (member == members.end()) return;
         columns[static_cast<std::size_t>(member - members.begin())] = {
             .form = row.boolean(2) ? ColumnType::Form::text : ColumnType::Form::own,
             .number = static_cast<Oid>(row.integer(1))};
       }});
  if (!described) co_return described;
  if (!CopyRows::can_write(*rows.type, columns)) co_return co_await Transaction::Session::insert_bulk(rows);
  CopyRows copy(rows, std::move(columns));
  Job job;
  job.kind = Job::Kind::copy;
  job.copy = &copy;
  co_await sent(job, Connection::Before::nothing);
  co_return job.take();
}

Task<Result<>> Session::commit() { return end(Job::Kind::commit); }
Task<Result<>> Session::rollback() { return end(Job::Kind::rollback); }

Task<Result<>> Session::end(Job::Kind kind) {
  if (stage_ == Stage::over) co_return std::unexpected(failed("the transaction is over"));
  if (!connection_->is_open()) {
    stage_ = Stage::over;
    co_return std::unexpected(connection_->why());
  }
  if (stage_ == Stage::open) {
    Job job;
    job.kind = kind;
    co_await sent(job, Connection::Before::nothing);
    give_back();
    if (auto outcome = job.take(); !outcome) co_return std::unexpected(std::move(outcome.error()));
  } else {
    give_back();
  }
  co_return Result<>();
}

}  // namespace ashlar::sql::postgres::detail
