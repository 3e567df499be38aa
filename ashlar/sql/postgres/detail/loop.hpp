// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/sql/postgres/database.hpp"
#include "ashlar/sql/postgres/detail/connection.hpp"
#include "ashlar/sql/postgres/detail/dialer.hpp"
#include "ashlar/sql/postgres/detail/reconnection.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace ashlar::sql::postgres::detail {

// The database state of one event loop: its connections and their queues. Used from the loop's thread only, unless
// stated otherwise. When the loop is destroyed first, this state is destroyed with it.
class Loop final : public Connection::Owner, public std::enable_shared_from_this<Loop> {
 public:
  // `options` and `dialer` outlive the connections, that is, abort(). `check_idle` makes every loop run close_dead().
  // It is called when the server becomes unreachable, and when it is reachable again after a connection was lost.
  static std::shared_ptr<Loop> make(boost::asio::io_context& context, const Options& options, Dialer& dialer,
                                    std::function<void()> check_idle);

  // From any thread. Whether this is the loop; always false after the loop was destroyed.
  [[nodiscard]] bool is_on(const boost::asio::io_context& context) const { return context_.load() == &context; }
  [[nodiscard]] bool is_destroyed() const { return context_.load() == nullptr; }
  // From any thread: the state at the end of a turn of the loop. Without the limits, which are in Options.
  [[nodiscard]] DatabaseLoad load() const;
  // From any thread: runs `work` on the loop, if the loop still exists.
  template <class Work>
  void post(Work work) {
    const std::scoped_lock lock(context_mutex_);
    if (auto* const context = context_.load(); context != nullptr) boost::asio::post(*context, std::move(work));
  }
  // From any thread: whether no thread runs the loop, or it was destroyed.
  [[nodiscard]] bool is_at_rest() const {
    const std::scoped_lock lock(context_mutex_);
    const auto* const context = context_.load();
    return context == nullptr || context->stopped();
  }

  void submit(Job& job);  // a single statement
  void lease(Job& job);   // a connection for a transaction, when try_lease() returned none
  std::shared_ptr<Connection> try_lease();
  // A statement in a transaction, or its end.
  void send(Connection& connection, Job& job, Connection::Before before);
  // The transaction has ended, in whatever way.
  void give_back(const std::shared_ptr<Connection>& connection);
  // The waiting coroutine was cancelled.
  void abandon(Job& job);

  // Closes the idle connections that the server has ended. Otherwise that is noticed only at the next use.
  void close_dead();

  void dialed(Use use, Result<ConnectionHandle> result);
  // Calls `drained` once, when no work is left; then it has ended, as after abort().
  void drain(std::function<void()> drained);
  // Closes everything. Waiting jobs end with database.unavailable. From another thread only when the loop does not run.
  void abort();

  void progressed(Connection& connection, JobList answered, JobList again) override;
  void lost(Connection& connection, JobList unanswered) override;
  [[nodiscard]] bool is_overdue(const Connection& leased) const override;
  [[nodiscard]] std::uint64_t schema_version() const override { return schema_version_; }
  void schema_changed() override { ++schema_version_; }
  void refused_as_read_only() override { read_only_at_ = Steady::now(); }

 private:
  // Called when the loop is destroyed.
  class Ending;

  Loop(boost::asio::io_context& context, const Options& options, Dialer& dialer, std::function<void()> check_idle);
  void context_ends();
  void answer_soon(JobList answered);

  using Timer = boost::asio::basic_waitable_timer<Steady, boost::asio::wait_traits<Steady>, LoopExecutor>;
  using Connections = std::vector<std::shared_ptr<Connection>>;

  // Shared connections, and the statements that wait for them.
  struct Lane {
    Use use;
    std::size_t connections_max;
    JobList queue{};
    Connections connections{};
    std::size_t dialing = 0;

    [[nodiscard]] std::size_t in_flight() const;
  };

  Lane& lane_of(const Job& job) { return job.statement->mode == Mode::read ? reads_ : writes_; }
  void pump_soon();
  void pump();
  void send_queued(Lane& lane, JobList& refused);
  void flush_all(Lane& lane);
  Connection* connection_for(Lane& lane, const Job& job, Connection* last_used);
  Connection* least_busy(Lane& lane);
  void make_available(const std::shared_ptr<Connection>& connection);
  void leave(const std::shared_ptr<Connection>& connection);
  void settle(Connection& connection);
  // Whether its session is unfit for its purpose, and old enough that a new one may be better.
  [[nodiscard]] bool is_spent(const Connection& connection) const;
  static constexpr const char* spent_cause = "its session was no longer usable";
  void dial_what_is_missing();
  void dial(Use use);
  std::size_t& dialing(Use use);
  void fail_waiting(const Error& error);
  void tick();
  void arm_tick();
  void stop_overdue(Steady::time_point now, JobList& overdue);
  void end_old_transactions(Steady::time_point now);
  [[nodiscard]] bool is_busy() const;
  void check_drained();
  void publish_load();

  mutable std::mutex context_mutex_;               // locked when another thread uses the loop, and at its end
  std::atomic<boost::asio::io_context*> context_;  // null: destroyed
  const Options& options_;
  Dialer& dialer_;
  const std::function<void()> check_idle_;
  Reconnection reconnection_;
  std::unique_ptr<Timer> timer_;
  std::uint64_t schema_version_ = 0;
  Steady::time_point read_only_at_;  // when a write was last refused as read-only
  bool lost_since_dialed_ = false;   // whether a connection was lost since one was last made
  bool ticking_ = false;
  bool pump_due_ = false;
  std::atomic<bool> over_ = false;

  Lane reads_, writes_;
  JobList waiters_;      // for a transaction's connection
  Connections idle_;     // transaction connections: free,
  Connections leased_;   // in a transaction,
  Connections leaving_;  // rolling back what was left open
  std::size_t dialing_transactions_ = 0;
  std::function<void()> drained_;

  // The values of load(); written by the loop's thread only.
  struct Figures {
    std::atomic<std::size_t> waiting = 0, in_flight = 0, connections = 0, transactions = 0;
  } figures_;
};

}  // namespace ashlar::sql::postgres::detail
