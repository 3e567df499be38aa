// SPDX-License-Identifier: Apache-2.0
// The half of Loop that keeps connections: leases, reconnecting, time limits, the end.
#include "ashlar/log/logger.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/loop.hpp"

#include <algorithm>

namespace ashlar::sql::postgres::detail {
namespace {

// One timer for everything that waits: a timer for each statement would cost system calls.
constexpr std::chrono::milliseconds tick_interval{20};
// The server cancels a statement by itself; the driver does when the server does not answer.
constexpr std::chrono::seconds roll_back_time_max{5};

// A new session is kept for this long in any case, so that a database that stays read-only, or a statement that always
// fails, does not cost a connection for each write.
constexpr std::chrono::milliseconds session_age_min{1'000};

template <class Connections>
bool take_out(Connections& connections, const Connection& connection) {
  return std::erase_if(connections, [&](const auto& other) { return other.get() == &connection; }) > 0;
}

}  // namespace

void Loop::give_back(const std::shared_ptr<Connection>& connection) {
  if (take_out(leased_, *connection) && connection->is_open()) leave(connection);
  publish_load();
  check_drained();
}

void Loop::leave(const std::shared_ptr<Connection>& connection) {
  leaving_.push_back(connection);
  if (connection->in_flight() > 0) {
    // A statement still runs: its coroutine was cancelled. The server rolls back when the connection is closed.
    dialer_.cancel(connection->stop_running());
    connection->close(unavailable("the transaction was abandoned"));
  } else if (connection->is_in_transaction()) {
    connection->roll_back(Steady::now() + roll_back_time_max);
    connection->flush();
    arm_tick();
  } else {
    settle(*connection);
  }
}

// A connection that has finished its rollback is free again.
void Loop::settle(Connection& connection) {
  const auto at = std::ranges::find(leaving_, &connection, [](const auto& other) { return other.get(); });
  if (at == leaving_.end() || connection.in_flight() > 0) return;
  const auto kept = std::move(*at);
  leaving_.erase(at);
  if (connection.is_in_transaction() || connection.was_cancelled()) {
    return connection.close(unavailable("not to be used again"));  // a late cancel request would hit the next one
  }
  if (is_spent(connection)) return connection.close(unavailable(spent_cause));
  make_available(kept);
}

// Reads continue in a read-only session, such as a replica's.
bool Loop::is_spent(const Connection& connection) const {
  const bool for_writes = connection.use() != Use::reads;
  const bool read_only = for_writes && (connection.is_read_only() || connection.connected_at() <= read_only_at_);
  return (read_only || connection.is_spoiled()) && Steady::now() - connection.connected_at() > session_age_min;
}

void Loop::make_available(const std::shared_ptr<Connection>& connection) {
  Job* const job = waiters_.pop();
  if (job == nullptr) return idle_.push_back(connection);
  leased_.push_back(connection);
  connection->leased_at = Steady::now();
  job->leased = connection;
  JobList answered;
  answer(*job, Outcome{}, answered);
  answer_soon(std::move(answered));
}

void Loop::dial_what_is_missing() {
  const auto now = Steady::now();
  const auto free_slots = [&] {
    const std::size_t taken = idle_.size() + leased_.size() + leaving_.size() + dialing_transactions_;
    return taken < options_.transactions_per_loop ? options_.transactions_per_loop - taken : 0;
  };
  const auto may_dial = [&] {
    if (!reconnection_.may_try(now)) return false;
    return !reconnection_.is_failing() || reads_.dialing + writes_.dialing + dialing_transactions_ == 0;
  };
  for (Lane* lane : {&reads_, &writes_}) {
    const std::size_t wanted = std::min(lane->queue.size() + lane->in_flight(), lane->connections_max);
    while (lane->connections.size() + lane->dialing < wanted && may_dial()) dial(lane->use);
  }
  while (waiters_.size() > dialing_transactions_ && free_slots() > 0 && may_dial()) dial(Use::transaction);
}

std::size_t& Loop::dialing(Use use) {
  return use == Use::transaction ? dialing_transactions_ : use == Use::reads ? reads_.dialing : writes_.dialing;
}

void Loop::dial(Use use) {
  ++dialing(use);
  dialer_.dial(shared_from_this(), use);
}

void Loop::dialed(Use use, Result<ConnectionHandle> result) {
  --dialing(use);
  if (over_) return;
  const auto now = Steady::now();
  if (result) {
    if (reconnection_.succeeded() && options_.log != nullptr) options_.log->info("The database is back.");
    if (std::exchange(lost_since_dialed_, false)) check_idle_();
    auto connection = std::make_shared<Connection>(*context_.load(), std::move(*result), use, options_, *this);
    if (use == Use::transaction) {
      make_available(connection);
    } else {
      (use == Use::reads ? reads_ : writes_).connections.push_back(std::move(connection));
    }
  } else {
    if (!reconnection_.is_failing() && options_.log != nullptr) {
      options_.log->warn("The database cannot be reached.", {{"cause", result.error().cause()}});
    }
    if (!reconnection_.is_failing()) check_idle_();
    reconnection_.failed(now, std::move(result.error()));
    if (reconnection_.is_down(now, options_.acquire_time_max)) fail_waiting(*reconnection_.last_error());
  }
  pump();
  check_drained();
}

void Loop::fail_waiting(const Error& error) {
  JobList waiting;
  for (Lane* lane : {&reads_, &writes_}) {
    if (lane->connections.empty()) waiting.append(std::move(lane->queue));
  }
  if (idle_.empty() && leased_.empty()) waiting.append(std::move(waiters_));
  JobList answered;
  while (Job* job = waiting.pop()) answer(*job, std::unexpected(error), answered);
  answer_soon(std::move(answered));
}

void Loop::close_dead() {
  for (const Connections* connections : {&reads_.connections, &writes_.connections, &idle_}) {
    for (const auto& connection : Connections(*connections)) {
      if (connection->in_flight() > 0 || connection->is_alive()) continue;
      connection->close(unavailable("closed by the server while idle"));
    }
  }
}

bool Loop::is_busy() const {
  return !reads_.queue.empty() || !writes_.queue.empty() || !waiters_.empty() || !leaving_.empty() ||
         reads_.in_flight() > 0 || writes_.in_flight() > 0 ||
         std::ranges::any_of(leased_, [](const auto& connection) { return connection->in_flight() > 0; });
}

// Runs only while something waits, so that a loop without work ends.
void Loop::arm_tick() {
  if (ticking_ || over_ || !is_busy()) return;
  ticking_ = true;
  timer_->expires_after(tick_interval);
  timer_->async_wait([self = shared_from_this()](boost::system::error_code error) {
    self->ticking_ = false;
    if (!error && !self->over_) self->tick();
  });
}

void Loop::tick() {
  const auto now = Steady::now();
  JobList late;
  const auto is_late = [now](const Job& job) { return job.wait_until <= now; };
  reads_.queue.move_if(is_late, late);
  writes_.queue.move_if(is_late, late);
  waiters_.move_if(is_late, late);
  const auto& down = reconnection_.last_error();
  const std::string why = down ? down->cause() : "all connections stayed busy for acquire_time_max";
  JobList answered;
  while (Job* job = late.pop()) answer(*job, std::unexpected(unavailable(why)), answered);
  stop_overdue(now, answered);
  end_old_transactions(now);
  answer_soon(std::move(answered));
  pump();
  check_drained();
}

void Loop::stop_overdue(Steady::time_point now, JobList& overdue) {
  for (const Connections* connections : {&reads_.connections, &writes_.connections, &leased_, &leaving_}) {
    for (const auto& connection : Connections(*connections)) {  // a copy: closing removes it from the original
      connection->forget_overdue(now, overdue);
      dialer_.cancel(connection->stop_forgotten(now));
    }
  }
}

// The server ends a transaction that is idle; this ends one that is active.
void Loop::end_old_transactions(Steady::time_point now) {
  for (const auto& connection : Connections(leased_)) {
    if (now - connection->leased_at < options_.transaction_time_max) continue;
    if (connection->in_flight() > 0) dialer_.cancel(connection->stop_running());
    connection->close(timed_out("the transaction took too long and was rolled back"));
  }
}

void Loop::drain(std::function<void()> drained) {
  drained_ = std::move(drained);
  check_drained();
}

void Loop::check_drained() {
  if (!drained_ || over_ || is_busy() || !leased_.empty()) return;
  const auto drained = std::exchange(drained_, nullptr);
  abort();
  drained();
}

void Loop::abort() {
  if (over_.exchange(true)) return;
  timer_->cancel();
  for (const Connections* connections : {&reads_.connections, &writes_.connections, &idle_, &leased_, &leaving_}) {
    for (const auto& connection : Connections(*connections)) connection->close(unavailable("it was closed"));
  }
  JobList answered;
  JobList waiting = std::move(waiters_);
  waiting.append(std::move(reads_.queue));
  waiting.append(std::move(writes_.queue));
  while (Job* job = waiting.pop()) answer(*job, std::unexpected(unavailable("it was closed")), answered);
  answer_soon(std::move(answered));
  publish_load();
}

}  // namespace ashlar::sql::postgres::detail
