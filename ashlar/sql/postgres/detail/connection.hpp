// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/postgres/database.hpp"
#include "ashlar/sql/postgres/detail/handles.hpp"
#include "ashlar/sql/postgres/detail/job.hpp"
#include "ashlar/sql/postgres/detail/parameters.hpp"
#include "ashlar/sql/postgres/detail/statement_cache.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::sql::postgres::detail {

enum class Use : std::uint8_t { reads, writes, transaction, blocking };  // reads and writes: shared by requests

// One connection in pipeline mode: a queue of exchanges, each of some commands, answered in order. Reads that are sent
// together share a Sync, after which their answers arrive, and so do plain inserts; all other exchanges have their own.
// It waits for its socket only while an exchange is open, so an idle connection keeps no loop running. Belongs to one
// loop's thread; pending handlers of the loop share its ownership.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // The owner: the loop that it belongs to.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Answers arrived. `again`: jobs to be sent once more.
    virtual void progressed(Connection& connection, JobList answered, JobList again) = 0;
    // It was closed. `unanswered`: jobs that were sent and have no outcome.
    virtual void lost(Connection& connection, JobList unanswered) = 0;
    // Whether its transaction has exceeded its time: then that is why the server ended it.
    [[nodiscard]] virtual bool is_overdue(const Connection& leased) const = 0;
    // Counts how often a prepared statement was found to be stale on any of the owner's connections. Each connection
    // prepares its statements again when the number has changed.
    [[nodiscard]] virtual std::uint64_t schema_version() const = 0;
    virtual void schema_changed() = 0;
    // The server refused a write because the session, or the server, is read-only.
    virtual void refused_as_read_only() = 0;
  };

  enum class Before : std::uint8_t { nothing, begin };  // a BEGIN in the same exchange

  // `options` outlives it. `handle` is connected, non-blocking, and in pipeline mode.
  Connection(boost::asio::io_context& loop, ConnectionHandle handle, Use use, const Options& options, Owner& owner);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Appends a statement, a COMMIT or a ROLLBACK to the pipeline, or begins a COPY instead. An error concerns the job
  // only: it was not sent.
  Result<> send(Job& job, Before before = Before::nothing);
  // A ROLLBACK whose answer is not awaited.
  void roll_back(Steady::time_point until);
  // Flushes what was sent, and waits for answers.
  void flush();
  // Whether a statement would share its Sync with others, and whether a sent one waits for others to share it.
  [[nodiscard]] bool would_share(const Job& job);
  [[nodiscard]] bool is_gathering() const { return shared_ > 0; }

  // The job's answer is no longer awaited.
  void forget(const Job& job);
  void forget_overdue(Steady::time_point now, JobList& overdue);
  // Of a job that was sent and whose answer is lost: whether it may have changed data permanently.
  [[nodiscard]] bool may_have_happened(const Job& job) const {
    return job.kind == Job::Kind::commit || (is_shared() && !job.is_read());
  }
  // Stops what runs and is no longer awaited: returns the cancel request, to be sent from another thread. Statements
  // that it hits instead are sent once more. Closes the connection when that did not help, or when an answer to the
  // driver is overdue.
  CancelHandle stop_forgotten(Steady::time_point now);
  CancelHandle stop_running();

  // After an idle time: whether the server has kept it open. Costs a system call.
  [[nodiscard]] bool is_alive();
  // Closes it immediately. What was sent is passed to Owner::lost() before this returns.
  void close(Error why);

  [[nodiscard]] bool is_open() const { return handle_ != nullptr; }
  [[nodiscard]] const Error& why() const { return *why_; }  // once closed
  [[nodiscard]] Use use() const { return use_; }
  // Why it is unusable, for one that the server or the network ended.
  [[nodiscard]] Error broken() const;
  [[nodiscard]] bool is_shared() const { return use_ != Use::transaction; }
  [[nodiscard]] std::size_t in_flight() const { return exchanges_.size(); }
  [[nodiscard]] bool is_held() const { return held_; }  // takes no further job until the rows of its write were read
  [[nodiscard]] bool is_in_transaction() const { return PQtransactionStatus(handle_.get()) != PQTRANS_IDLE; }
  [[nodiscard]] bool was_cancelled() const { return cancelled_at_ != Steady::time_point(); }
  [[nodiscard]] Steady::time_point last_active() const { return last_active_; }
  [[nodiscard]] Steady::time_point connected_at() const { return connected_at_; }
  // An error indicated a defect of the session or its server process, not of the statement.
  [[nodiscard]] bool is_spoiled() const { return spoiled_; }
  // As reported by the server at the start: a standby, or default_transaction_read_only.
  [[nodiscard]] bool is_read_only() const { return read_only_; }

  Steady::time_point leased_at;  // transaction: when it was leased

 private:
  struct Exchange {
    Job* job = nullptr;                  // null: not awaited
    std::shared_ptr<Prepared> prepared;  // the statement that it uses
    int commands = 0;                    // number of them; the last one's result is the answer
    int ended = 0;
    int failed_at = 0;
    bool prepares = false;
    bool copies = false;  // outside the pipeline
    bool synced = false;  // the last before a Sync
    bool held = false;    // its Sync is sent after its rows were read
    bool rows_read = false;
    bool of_driver = false;                                // never had a job
    std::uint64_t schema_version = 0;                      // when it was sent
    Steady::time_point until = Steady::time_point::max();  // of_driver
    Steady::time_point sent_at;                            // synced
    Steady::time_point cancelled_at;
    ResultHandle result, failure;
  };

  Result<> send_statement(Job& job, Before before);
  Result<> start_copy(Job& job);
  int send_piece();
  void read_copy_answers(JobList& answered, JobList& again);
  Result<> find_or_add(const Statement& statement, Exchange& exchange);
  [[nodiscard]] bool may_share(const Job& job, const Prepared& prepared) const;
  void send_prepared(const Prepared& prepared, Exchange& exchange);
  [[nodiscard]] bool is_pooled() const { return options_->pooler == Pooler::transaction; }
  void send_command(const char* sql, Exchange& exchange);
  void send_alone(const char* sql, Steady::time_point until);
  void sync();
  void end_shared();
  void cork_when_many();
  void push(Exchange exchange);
  void wait_readable();
  void wait_writable();
  void on_readable();
  void read_answers(JobList& answered, JobList& again);
  Exchange& running();
  void take_result(Exchange& exchange, ResultHandle result);
  void take_end();
  void end_held(Exchange& exchange);
  void finish_synced(JobList& answered, JobList& again);
  void finish(Exchange exchange, JobList& answered, JobList& again);
  [[nodiscard]] bool is_worth_another_try(const Exchange& exchange) const;
  void note_failure(const Exchange& exchange);
  void forget_old_statements();
  static void note_notice(void* self, const PGresult* notice);

  using Descriptor = boost::asio::posix::basic_stream_descriptor<LoopExecutor>;

  Owner* owner_;
  const Options* options_;
  ConnectionHandle handle_;
  Descriptor socket_;
  Use use_;
  enum class Transport : std::uint8_t { tcp, local } transport_;
  StatementCache statements_;
  Parameters parameters_;
  std::deque<Exchange> exchanges_;
  std::size_t ended_ = 0;   // of them, from the front: they wait for their Sync
  std::size_t shared_ = 0;  // of them, at the back: their Sync was not sent yet
  Steady::time_point last_synced_at_;
  bool corked_ = false;
  int syncs_in_turn_ = 0;  // since the last flush()
  bool held_ = false;
  bool copying_ = false;  // the server accepts rows
  bool refused_ = false;  // by libpq, which has lost the connection
  bool reading_ = false;
  bool writing_ = false;
  bool spoiled_ = false;
  bool ended_by_server_ = false;  // the server announced it while idle; the socket may still be open
  bool read_only_;
  std::uint64_t schema_version_;
  Steady::time_point connected_at_ = Steady::now();
  Steady::time_point last_active_ = Steady::now();
  Steady::time_point cancelled_at_;
  std::optional<Error> why_;
};

}  // namespace ashlar::sql::postgres::detail
