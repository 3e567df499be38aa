// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/connection.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

namespace ashlar::sql::postgres::detail {
namespace {

constexpr int binary_format = 1;
constexpr std::chrono::seconds cancel_time_max{2};         // from the cancel request to the answer
constexpr std::chrono::seconds housekeeping_time_max{10};  // for a DEALLOCATE
constexpr std::size_t shared_max = 8;                      // statements with one Sync: the first waits for the last

bool is_tcp(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  return getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0 && address.ss_family != AF_UNIX;
}

bool reports_on(PGconn* connection, const char* parameter) {
  const char* const value = PQparameterStatus(connection, parameter);
  return value != nullptr && std::string_view(value) == "on";
}

const char* begin_at(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return "BEGIN ISOLATION LEVEL READ COMMITTED";
    case Isolation::repeatable_read:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ";
    case Isolation::serializable:
      break;
  }
  return "BEGIN ISOLATION LEVEL SERIALIZABLE";
}

void set_cork(int socket, int value) { setsockopt(socket, IPPROTO_TCP, TCP_CORK, &value, sizeof value); }

}  // namespace

Connection::Connection(boost::asio::io_context& loop, ConnectionHandle handle, Use use, const Options& options,
                       Owner& owner)
    : owner_(&owner),
      options_(&options),
      handle_(std::move(handle)),
      socket_(loop.get_executor(), PQsocket(handle_.get())),
      use_(use),
      transport_(is_tcp(PQsocket(handle_.get())) ? Transport::tcp : Transport::local),
      statements_(options.statements_max),
      read_only_(reports_on(handle_.get(), "in_hot_standby") ||
                 reports_on(handle_.get(), "default_transaction_read_only")),
      schema_version_(owner.schema_version()) {
  PQsetNoticeReceiver(handle_.get(), note_notice, this);
}

Connection::~Connection() {
  if (handle_) socket_.release();  // libpq owns the socket
}

// libpq passes an error that arrives while idle to the notice receiver. A FATAL one is the server's last message; its
// end of the socket closes a moment later, and a write that is sent in between would be lost.
void Connection::note_notice(void* self, const PGresult* notice) {
  const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity == nullptr) return;
  const std::string_view text = severity;
  if (text == "FATAL" || text == "PANIC") static_cast<Connection*>(self)->ended_by_server_ = true;
}

Result<> Connection::send(Job& job, Before before) {
  last_active_ = Steady::now();
  if (job.kind == Job::Kind::statement) return send_statement(job, before);
  if (job.kind == Job::Kind::copy) return start_copy(job);
  Exchange exchange;
  exchange.job = &job;
  send_command(job.kind == Job::Kind::commit ? "COMMIT" : "ROLLBACK", exchange);
  push(std::move(exchange));
  sync();
  return {};
}

Result<> Connection::send_statement(Job& job, Before before) {
  const Statement& statement = *job.statement;
  if (auto encoded = parameters_.encode(statement.parameters); !encoded) return encoded;
  if (is_shared() || before == Before::begin) forget_old_statements();
  Exchange exchange;
  exchange.job = &job;
  exchange.schema_version = schema_version_;
  if (auto found = find_or_add(statement, exchange); !found) return found;
  const Prepared& prepared = *exchange.prepared;
  const bool shares = !exchange.prepares && may_share(job, prepared);
  if (!shares) end_shared();

  if (before == Before::begin) send_command(is_pooled() ? begin_at(options_->isolation) : "BEGIN", exchange);
  send_prepared(prepared, exchange);
  held_ = exchange.held = is_shared() && statement.mode == Mode::write && statement.on_row;
  push(std::move(exchange));
  if (held_) {
    refused_ |= PQsendFlushRequest(handle_.get()) == 0;
  } else if (!shares || ++shared_ == shared_max) {
    sync();
  }
  return {};
}

// Behind a pooler the statement has no name: the session that prepared it may serve another client next.
void Connection::send_prepared(const Prepared& prepared, Exchange& exchange) {
  PGconn* const c = handle_.get();
  const auto types = static_cast<int>(prepared.types.size());
  if (is_pooled()) {
    refused_ |= PQsendQueryParams(c, prepared.sql.c_str(), types, prepared.types.data(), parameters_.values(),
                                  parameters_.lengths(), parameters_.formats(), binary_format) == 0;
    ++exchange.commands;
    return;
  }
  if (exchange.prepares) {
    refused_ |= PQsendPrepare(c, prepared.name.c_str(), prepared.sql.c_str(), types, prepared.types.data()) == 0;
    ++exchange.commands;
  }
  refused_ |= PQsendQueryPrepared(c, prepared.name.c_str(), parameters_.count(), parameters_.values(),
                                  parameters_.lengths(), parameters_.formats(), binary_format) == 0;
  ++exchange.commands;
}

// After a schema change most of them may be stale. In a transaction each would cost another attempt, so all are dropped
// at once.
void Connection::forget_old_statements() {
  if (schema_version_ == owner_->schema_version()) return;
  schema_version_ = owner_->schema_version();
  if (statements_.size() == 0 || is_pooled()) return;
  statements_.clear();
  send_alone("DEALLOCATE ALL", Steady::now() + housekeeping_time_max);
}

// A slow one would delay the answers of those before it on the server's side.
bool Connection::may_share(const Job& job, const Prepared& prepared) const {
  if (job.alone || !prepared.quick) return false;
  if (use_ == Use::reads) return job.is_read();
  return use_ == Use::writes && prepared.effect == Effect::adds && !job.statement->on_row;
}

bool Connection::would_share(const Job& job) {
  const auto prepared = statements_.find(job.statement->sql, job.statement->parameters);
  return prepared && may_share(job, *prepared);
}

Result<> Connection::find_or_add(const Statement& statement, Exchange& exchange) {
  auto prepared = statements_.find(statement.sql, statement.parameters);
  Effect effect = Effect::reads;
  if (prepared != nullptr) {
    effect = prepared->effect;
  } else {
    const auto examined = examine(statement.sql, statement.parameters.size());
    if (!examined) return std::unexpected(examined.error());
    effect = *examined;
  }
  if ((effect == Effect::writes || effect == Effect::adds) && statement.mode == Mode::read) {
    return std::unexpected(failed("a write was declared as a read: " + statement.sql.substr(0, 500)));
  }
  if (effect == Effect::in_transaction && is_shared()) {
    return std::unexpected(failed("only for a transaction: " + statement.sql.substr(0, 500)));
  }
  if (prepared == nullptr) {
    if (const auto given_up = statements_.evict(); given_up && !is_pooled()) {
      send_alone(("DEALLOCATE " + *given_up).c_str(), Steady::now() + housekeeping_time_max);
    }
    prepared = statements_.add(statement.sql, statement.parameters, effect);
    exchange.prepares = !is_pooled();
  }
  exchange.prepared = std::move(prepared);
  return {};
}

void Connection::send_command(const char* sql, Exchange& exchange) {
  refused_ |= PQsendQueryParams(handle_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, binary_format) == 0;
  ++exchange.commands;
}

void Connection::send_alone(const char* sql, Steady::time_point until) {
  end_shared();
  Exchange exchange;
  exchange.of_driver = true;
  exchange.until = until;
  send_command(sql, exchange);
  push(std::move(exchange));
  sync();
}

void Connection::roll_back(Steady::time_point until) { send_alone("ROLLBACK", until); }

// For the last exchange, and those that share its Sync.
void Connection::sync() {
  cork_when_many();
  refused_ |= PQpipelineSync(handle_.get()) == 0;
  exchanges_.back().synced = true;
  exchanges_.back().sent_at = Steady::now();
  shared_ = 0;
}

void Connection::end_shared() {
  if (shared_ > 0) sync();
}

void Connection::push(Exchange exchange) {
  if (exchange.job != nullptr) {
    exchange.job->place = Job::Place::sent;
    exchange.job->connection = this;
  }
  exchanges_.push_back(std::move(exchange));
}

// libpq 15 writes at each Sync. On a corked socket these writes are only buffered, and leave together. The first ones
// of a turn are sent immediately: the server can start, and if there are no more, the calls to cork are saved.
void Connection::cork_when_many() {
  constexpr int sent_at_once = 2;
  if (++syncs_in_turn_ <= sent_at_once || corked_ || transport_ != Transport::tcp) return;
  corked_ = true;
  set_cork(PQsocket(handle_.get()), 1);
}

void Connection::flush() {
  if (!is_open()) return;
  end_shared();
  syncs_in_turn_ = 0;
  int left = refused_ ? -1 : PQflush(handle_.get());
  if (left == 0 && copying_) left = send_piece();
  if (left < 0) return close(broken());
  if (corked_) {
    corked_ = false;
    set_cork(PQsocket(handle_.get()), 0);
  }
  if (left > 0) wait_writable();
  wait_readable();
}

void Connection::wait_writable() {
  if (writing_) return;
  writing_ = true;
  socket_.async_wait(Descriptor::wait_write, [self = shared_from_this()](boost::system::error_code error) {
    self->writing_ = false;
    if (!error) self->flush();
  });
}

void Connection::wait_readable() {
  if (reading_ || exchanges_.empty()) return;
  reading_ = true;
  socket_.async_wait(Descriptor::wait_read, [self = shared_from_this()](boost::system::error_code error) {
    self->reading_ = false;
    if (!error && self->is_open()) self->on_readable();
  });
}

void Connection::forget(const Job& job) {
  const auto at = std::ranges::find(exchanges_, &job, &Exchange::job);
  if (at != exchanges_.end()) at->job = nullptr;
}

void Connection::forget_overdue(Steady::time_point now, JobList& overdue) {
  for (auto& exchange : exchanges_) {
    if (exchange.job == nullptr || exchange.job->until > now) continue;
    Job& job = *std::exchange(exchange.job, nullptr);
    const std::string cause = "no answer within the statement's time";
    answer(job, std::unexpected(may_have_happened(job) ? outcome_unknown(cause) : timed_out(cause)), overdue);
  }
}

CancelHandle Connection::stop_forgotten(Steady::time_point now) {
  // Of those that share a Sync, any may be running.
  auto at = exchanges_.begin();
  while (at != exchanges_.end() && at->job != nullptr && !at->synced) ++at;
  if (at == exchanges_.end() || at->job != nullptr) return nullptr;
  if (at->of_driver) {
    if (now > at->until) close(timed_out("no answer to the driver's own command"));
    return nullptr;
  }
  if (at->cancelled_at == Steady::time_point()) {
    at->cancelled_at = now;
    return stop_running();
  }
  if (now - at->cancelled_at > cancel_time_max) close(timed_out("no answer after a cancel request"));
  return nullptr;
}

CancelHandle Connection::stop_running() {
  cancelled_at_ = Steady::now();
  return CancelHandle(PQgetCancel(handle_.get()));
}

bool Connection::is_alive() {
  for (int messages = 0; messages < 16; ++messages) {
    char byte = 0;
    const auto seen = recv(PQsocket(handle_.get()), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (seen < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (seen == 0 || PQconsumeInput(handle_.get()) == 0) return false;
    (void)PQisBusy(handle_.get());  // consumes notices and changed settings
    if (ended_by_server_) return false;
  }
  return true;
}

void Connection::close(Error why) {
  if (!is_open()) return;
  const auto self = shared_from_this();
  JobList unanswered;
  for (auto& exchange : exchanges_) {
    if (exchange.job != nullptr) unanswered.push(*exchange.job);
  }
  why_ = std::move(why);
  exchanges_.clear();
  ended_ = shared_ = 0;
  statements_.clear();
  socket_.release();
  handle_.reset();
  held_ = false;
  copying_ = false;
  owner_->lost(*this, std::move(unanswered));
}

Error Connection::broken() const {
  // A message without SQLSTATE is libpq's report of the connection's end.
  const auto failed = std::ranges::find_if(exchanges_, [](const auto& exchange) {
    return exchange.failure != nullptr && !state_of(exchange.failure.get()).empty();
  });
  if (failed != exchanges_.end()) return error_of(failed->failure.get(), {});
  // The server's message arrived while idle, and libpq did not keep it.
  if (!is_shared() && owner_->is_overdue(*this)) return timed_out("the transaction took too long and was rolled back");
  const std::string message = message_of(handle_.get());
  return unavailable(message.empty() ? "the server closed the connection" : message);
}

}  // namespace ashlar::sql::postgres::detail
