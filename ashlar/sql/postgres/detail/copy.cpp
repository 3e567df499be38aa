// SPDX-License-Identifier: Apache-2.0
// The part of Connection that copies rows into a table. COPY is impossible in a pipeline: the connection, leased to a
// transaction and with nothing in flight, leaves pipeline mode meanwhile.
#include "ashlar/sql/postgres/detail/connection.hpp"
#include "ashlar/sql/postgres/detail/copy_rows.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"

namespace ashlar::sql::postgres::detail {

Result<> Connection::start_copy(Job& job) {
  if (is_shared() || !exchanges_.empty()) return std::unexpected(failed("a COPY needs a connection to itself"));
  Exchange exchange;
  exchange.job = &job;
  exchange.copies = true;
  exchange.commands = 1;
  refused_ |= PQexitPipelineMode(handle_.get()) == 0 || PQsendQuery(handle_.get(), job.copy->command().c_str()) == 0;
  push(std::move(exchange));
  return {};
}

// Like PQflush(): whether something is left to write. One piece at a time, so that other work of the loop can run.
int Connection::send_piece() {
  PGconn* const c = handle_.get();
  const Job* const job = exchanges_.front().job;
  const auto piece = job != nullptr ? job->copy->next_piece() : std::unexpected(failed("given up"));
  if (piece && !piece->empty()) {
    const bool taken = PQputCopyData(c, piece->data(), static_cast<int>(piece->size())) == 1;
    return taken && PQflush(c) >= 0 ? 1 : -1;
  }
  copying_ = false;
  return PQputCopyEnd(c, piece ? nullptr : "refused by the client") == 1 ? PQflush(c) : -1;
}

void Connection::read_copy_answers(JobList& answered, JobList& again) {
  PGconn* const c = handle_.get();
  while (!copying_ && PQisBusy(c) == 0) {
    ResultHandle result(PQgetResult(c));
    Exchange& front = exchanges_.front();
    if (result && PQresultStatus(result.get()) == PGRES_COPY_IN) {
      copying_ = true;
    } else if (result) {
      take_result(front, std::move(result));
    } else {
      if (PQstatus(c) == CONNECTION_BAD) return;
      refused_ |= PQenterPipelineMode(c) == 0;
      Exchange ended = std::move(front);
      exchanges_.pop_front();
      return finish(std::move(ended), answered, again);
    }
  }
}

}  // namespace ashlar::sql::postgres::detail
