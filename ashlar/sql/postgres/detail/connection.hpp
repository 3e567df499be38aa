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

// One connection in pipeline mode: a queue of exchanges, each some commands, answered in their order. Reads that are
// sent together share a Sync, which is when their answers come, and so do plain inserts; all else has one of its own.
// It waits for its socket only while an exchange is open, so an idle one keeps no loop running. Belongs to one loop's
// thread; handlers of the loop own it, too, until they have run.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // The loop that it belongs to.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Answers came. `again`: jobs to be sent once more.
    virtual void progressed(Connection& connection, JobList answered, JobList again) = 0;
    // It is closed. `unanswered`: what was sent, without an outcome.
    virtual void lost(Connection& connection, JobList unanswered) = 0;
    // Whether its transaction has had its time: then that is why the server ended it.
    [[nodiscard]] virtual bool is_overdue(const Connection& leased) const = 0;
    // Counts the times that a prepared statement turned out to be stale on any of the owner's connections. Each
    // connection prepares its statements again when the number has changed.
    [[nodiscard]] virtual std::uint64_t schema_version() const = 0;
    virtual void schema_changed() = 0;
    // The server refused a write since the session, or the server, is read-only.
    virtual void refused_as_read_only() = 0;
  };

  enum class Before : std::uint8_t { nothing, begin };  // a BEGIN in the same exchange

  // `options` outlives it. `handle` is connected, not blocking, and in pipeline mode.
  Connection(boost::asio::io_context& loop, ConnectionHandle handle, Use use, const Options& options, Owner& owner);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Puts a statement, a COMMIT or a ROLLBACK into the pipeline, or begins a COPY in its place. An error is for the job
  // alone: it was not sent.
  Result<> send(Job& job, Before before = Before::nothing);
  // A ROLLBACK whose answer nobody waits for.
  void roll_back(Steady::time_point until);
  // Writes what was sent, and waits for answers.
  void flush();
  // Whether a statement would share its Sync with others, and whether one that was sent waits for such.
  [[nodiscard]] bool would_share(const Job& job);
  [[nodiscard]] bool is_gathering() const { return shared_ > 0; }

  // Nobody waits for the job's answer any more.
  void forget(const Job& job);
  void forget_overdue(Steady::time_point now, JobList& overdue);
  // Of a job that was sent and whose answer is lost: whether it changed something for good all the same.
  [[nodiscard]] bool may_have_happened(const Job& job) const {
    return job.kind == Job::Kind::commit || (is_shared() && !job.is_read());
  }
  // Stops what runs and is waited for by nobody: returns what does it, from another thread. Statements that are hit
  // instead are sent once more. Closes the connection when that did not help, or an answer to the driver is overdue.
  CancelHandle stop_forgotten(Steady::time_point now);
  CancelHandle stop_running();

  // After a rest: whether the server has not closed it meanwhile. Costs a system call.
  [[nodiscard]] bool is_alive();
  // Closes it at once. What was sent goes to Owner::lost(), before this returns.
  void close(Error why);

  [[nodiscard]] bool is_open() const { return handle_ != nullptr; }
  [[nodiscard]] const Error& why() const { return *why_; }  // once closed
  [[nodiscard]] Use use() const { return use_; }
  // Why it can be used no more, for one that the server or the network ended.
  [[nodiscard]] Error broken() const;
  [[nodiscard]] bool is_shared() const { return use_ != Use::transaction; }
  [[nodiscard]] std::size_t in_flight() const { return exchanges_.size(); }
  [[nodiscard]] bool is_held() const { return held_; }  // takes no more until its write's rows were read
  [[nodiscard]] bool is_in_transaction() const { return PQtransactionStatus(handle_.get()) != PQTRANS_IDLE; }
  [[nodiscard]] bool was_cancelled() const { return cancelled_at_ != Steady::time_point(); }
  [[nodiscard]] Steady::time_point last_active() const { return last_active_; }
  [[nodiscard]] Steady::time_point connected_at() const { return connected_at_; }
  // An error said that something is wrong with the session or its server process, not with the statement.
  [[nodiscard]] bool is_spoiled() const { return spoiled_; }
  // What the server reported at the start: a standby, or default_transaction_read_only.
  [[nodiscard]] bool is_read_only() const { return read_only_; }

  Steady::time_point leased_at;  // transaction: since when

 private:
  struct Exchange {
    Job* job = nullptr;                  // null: nobody waits
    std::shared_ptr<Prepared> prepared;  // the statement that it uses
    int commands = 0;                    // in it; the last one's result is the answer
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
  std::size_t ended_ = 0;   // of them, from the first: they wait for their Sync
  std::size_t shared_ = 0;  // of them, at the end: their Sync was not sent yet
  Steady::time_point last_synced_at_;
  bool corked_ = false;
  int syncs_in_turn_ = 0;  // since the last flush()
  bool held_ = false;
  bool copying_ = false;  // the server takes rows
  bool refused_ = false;  // by libpq, which has lost the connection
  bool reading_ = false;
  bool writing_ = false;
  bool spoiled_ = false;
  bool ended_by_server_ = false;  // it said so while nothing was asked; the socket may still be open
  bool read_only_;
  std::uint64_t schema_version_;
  Steady::time_point connected_at_ = Steady::now();
  Steady::time_point last_active_ = Steady::now();
  Steady::time_point cancelled_at_;
  std::optional<Error> why_;
};

}  // namespace ashlar::sql::postgres::detail
