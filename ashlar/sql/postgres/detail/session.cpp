// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/session.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace ashlar::sql::postgres::detail {

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
  Job job;
  job.statement = &statement;
  const auto before = stage_ == Stage::fresh ? Connection::Before::begin : Connection::Before::nothing;
  co_await sent(job, before);
  // What was refused before it was sent took no BEGIN with it.
  if (connection_->is_open() && connection_->is_in_transaction()) stage_ = Stage::open;
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
