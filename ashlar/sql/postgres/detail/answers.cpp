// SPDX-License-Identifier: Apache-2.0
// The half of Connection that reads.
#include "ashlar/sql/postgres/detail/connection.hpp"
#include "ashlar/sql/postgres/detail/copy_rows.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/result.hpp"

#include <openssl/ssl.h>

#include <algorithm>

namespace ashlar::sql::postgres::detail {
namespace {

// Reads that take at most this long, and inserts with their commits, share a Sync with others.
constexpr std::chrono::milliseconds quick_read_max{5};
constexpr std::chrono::milliseconds quick_commit_max{50};

// Another statement's cancel request may hit this one for up to this long.
constexpr std::chrono::seconds stray_cancel_time_max{10};

// How often a statement is prepared again, while one schema change follows another.
constexpr int prepared_again_max = 3;

}  // namespace

bool has_decrypted_more(PGconn* connection) {
  if (PQsslInUse(connection) == 0) return false;
  const auto* tls = static_cast<const SSL*>(PQsslStruct(connection, "OpenSSL"));
  return tls != nullptr && SSL_pending(tls) > 0;
}

void Connection::on_readable() {
  const auto self = shared_from_this();
  JobList answered;
  JobList again;
  bool ended = false;
  do {
    ended = PQconsumeInput(handle_.get()) == 0;
    read_answers(answered, again);
  } while (!ended && has_decrypted_more(handle_.get()));
  last_active_ = Steady::now();
  const bool left_a_transaction_open =
      is_shared() && exchanges_.empty() && PQtransactionStatus(handle_.get()) > PQTRANS_ACTIVE;
  if (ended || refused_) {
    close(broken());
  } else if (left_a_transaction_open) {
    close(failed("a statement left a transaction open on a shared connection"));
  }
  owner_->progressed(*this, std::move(answered), std::move(again));
  if (is_open()) flush();
}

void Connection::read_answers(JobList& answered, JobList& again) {
  PGconn* const c = handle_.get();
  if (!exchanges_.empty() && exchanges_.front().copies) return read_copy_answers(answered, again);
  while (!exchanges_.empty() && PQisBusy(c) == 0) {
    ResultHandle result(PQgetResult(c));
    if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
      finish_synced(answered, again);
    } else if (result) {
      take_result(running(), std::move(result));
    } else {
      if (PQstatus(c) == CONNECTION_BAD) return;
      take_end();
    }
  }
}

// The exchange of the next result. An error at the Sync itself belongs to the last exchange before it.
Connection::Exchange& Connection::running() {
  std::size_t at = 0;
  while (at < ended_ && at + 1 < exchanges_.size() && !exchanges_[at].synced) ++at;
  return exchanges_[at];
}

void Connection::take_end() {
  Exchange& exchange = running();
  if (exchange.ended == exchange.commands) return;
  ++exchange.ended;
  if (exchange.held && exchange.ended == exchange.commands) end_held(exchange);
  if (exchange.ended == exchange.commands) ++ended_;
}

void Connection::take_result(Exchange& exchange, ResultHandle result) {
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      if (exchange.ended == exchange.commands - 1) exchange.result = std::move(result);
      break;
    case PGRES_PIPELINE_ABORTED:
      break;
    default:
      if (exchange.failure) break;
      exchange.failed_at = exchange.ended;
      exchange.failure = std::move(result);
  }
}

// The write has run but is not committed: the Sync commits it.
void Connection::end_held(Exchange& exchange) {
  exchange.held = false;
  held_ = false;
  const bool succeeded = exchange.result && !exchange.failure;
  if (succeeded && exchange.job != nullptr) {
    exchange.rows_read = true;
    read_rows(*exchange.job, exchange.result.get());
  }
  if (succeeded && (exchange.job == nullptr || exchange.job->thrown)) send_command("ROLLBACK", exchange);
  sync();
}

// An error rolled back everything before the Sync: the others are sent once more, each separately. So is a failed
// insert, since it may have conflicted with a row of the same Sync that is gone as well.
void Connection::finish_synced(JobList& answered, JobList& again) {
  const auto last = std::ranges::find_if(exchanges_, &Exchange::synced);
  const auto count = static_cast<std::size_t>(last - exchanges_.begin()) + 1;
  const bool failed =
      std::any_of(exchanges_.begin(), last + 1, [](const auto& exchange) { return exchange.failure != nullptr; });
  const auto now = Steady::now();
  const auto limit = use_ == Use::writes ? quick_commit_max : quick_read_max * static_cast<int>(count);
  const bool quick = now - std::max(last->sent_at, last_synced_at_) <= limit;
  last_synced_at_ = now;
  ended_ -= std::min(ended_, count);
  for (std::size_t i = 0; i < count; ++i) {
    Exchange ended = std::move(exchanges_.front());
    exchanges_.pop_front();
    if (ended.prepared) ended.prepared->quick = quick;
    if (failed && ended.job != nullptr && (!ended.failure || (use_ == Use::writes && count > 1))) {
      ended.job->connection = nullptr;
      ended.job->alone = true;
      again.push(*ended.job);
    } else {
      finish(std::move(ended), answered, again);
    }
  }
}

void Connection::finish(Exchange exchange, JobList& answered, JobList& again) {
  // A statement that could not be prepared is unknown to the server; one that failed later is known.
  const bool unprepared = exchange.failure && exchange.prepares && exchange.failed_at < exchange.commands - 1;
  if (unprepared) statements_.remove(exchange.prepared->name);
  if (exchange.failure) note_failure(exchange);
  const bool retry = exchange.failure && is_worth_another_try(exchange);
  Job* const job = exchange.job;
  if (job == nullptr) return;
  job->connection = nullptr;
  const bool stale = exchange.failure && exchange.prepared && is_stale_statement(exchange.failure.get());
  if (stale && is_shared() && job->prepared_again < prepared_again_max) {
    ++job->prepared_again;
    again.push(*job);
  } else if (retry && is_shared() && !job->sent_again && !job->thrown) {
    job->sent_again = true;
    again.push(*job);
  } else if (stale && !is_shared()) {
    job->stale = true;
    answer(*job, std::unexpected(serialization("its prepared statement is stale; the next try has a new one")),
           answered);
  } else if (job->copy != nullptr && job->copy->refusal()) {
    answer(*job, std::unexpected(*job->copy->refusal()), answered);
  } else if (exchange.failure) {
    const std::string_view sql = job->statement != nullptr ? std::string_view(job->statement->sql) : std::string_view();
    answer(*job, std::unexpected(error_of(exchange.failure.get(), sql)), answered);
  } else if (job->kind == Job::Kind::commit && !has_committed(exchange.result.get())) {
    answer(*job, std::unexpected(failed("a statement in it had failed, so COMMIT rolled back")), answered);
  } else {
    if (!exchange.rows_read) read_rows(*job, exchange.result.get());
    answer(*job, Outcome{.rows_affected = rows_affected(exchange.result.get())}, answered);
  }
}

// Nothing of it was stored, for a reason outside of it.
bool Connection::is_worth_another_try(const Exchange& exchange) const {
  if (!is_shared()) return false;
  const auto state = state_of(exchange.failure.get());
  if (state == read_only_state) return use_ == Use::writes;
  return was_cancelled() && state == "57014" && Steady::now() - cancelled_at_ < stray_cancel_time_max;
}

// What the error says about the session, and about the other sessions.
void Connection::note_failure(const Exchange& exchange) {
  const PGresult* const failure = exchange.failure.get();
  const auto state = state_of(failure);
  if (exchange.prepared && is_stale_statement(failure)) {
    if (exchange.schema_version == owner_->schema_version()) owner_->schema_changed();
  } else if (state == read_only_state) {
    owner_->refused_as_read_only();
  } else if (spoils_session(state)) {
    spoiled_ = true;
  }
}

}  // namespace ashlar::sql::postgres::detail
