// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/loop.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace ashlar::sql::postgres::detail {
namespace {

// A connection that rested longer may have been closed by the server: it is looked at before it is used.
constexpr std::chrono::milliseconds rest_max{1};

bool rested(const Connection& connection) { return Steady::now() - connection.last_active() > rest_max; }

}  // namespace

// One for each event loop, after the parts of Asio's that we use: its shutdown comes before theirs.
class Loop::Ending final : public boost::asio::execution_context::service {
 public:
  using key_type = Ending;
  static inline boost::asio::execution_context::id id;

  explicit Ending(boost::asio::execution_context& context) : service(context) {}
  void add(std::weak_ptr<Loop> loop) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(loops_, [](const auto& other) { return other.expired(); });
    loops_.push_back(std::move(loop));
  }

 private:
  void shutdown() override {
    for (const auto& known : loops_) {
      if (const auto loop = known.lock()) loop->context_ends();
    }
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<Loop>> loops_;
};

Loop::Loop(boost::asio::io_context& context, const Options& options, Dialer& dialer)
    : context_(&context),
      options_(options),
      dialer_(dialer),
      reconnection_(options.reconnect_delay_max,
                    static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(this) >> 4)),
      timer_(std::make_unique<Timer>(context.get_executor())) {}

std::shared_ptr<Loop> Loop::make(boost::asio::io_context& context, const Options& options, Dialer& dialer) {
  const std::shared_ptr<Loop> loop(new Loop(context, options, dialer));
  // Has Asio make its services for timers (above) and sockets before ours.
  const boost::asio::posix::basic_stream_descriptor<LoopExecutor> unused(context.get_executor());
  boost::asio::use_service<Ending>(context).add(loop);
  return loop;
}

void Loop::context_ends() {
  {
    const std::scoped_lock lock(context_mutex_);
    if (context_.load() == nullptr) return;
  }
  abort();
  const std::scoped_lock lock(context_mutex_);
  context_ = nullptr;
  timer_.reset();
}

void Loop::answer_soon(JobList answered) {
  if (!answered.empty()) detail::post(*context_.load(), std::move(answered));
}

void Loop::submit(Job& job) {
  has_statements_ = true;
  if (over_ || queue_.size() >= options_.queue_max ||
      (pipelines_.empty() && reconnection_.is_away(Steady::now(), options_.acquire_time_max))) {
    JobList refused;
    const auto& away = reconnection_.last_error();
    answer(job, std::unexpected(unavailable(away ? away->cause() : "the queue is full, or it is closed")), refused);
    return answer_soon(std::move(refused));
  }
  job.place = Job::Place::queued;
  queue_.push(job);
  pump_soon();
}

void Loop::lease(Job& job) {
  if (over_ || waiters_.size() >= options_.queue_max) {
    JobList refused;
    answer(job, std::unexpected(unavailable("too many wait for a transaction, or it is closed")), refused);
    return answer_soon(std::move(refused));
  }
  job.place = Job::Place::queued;
  waiters_.push(job);
  pump_soon();
}

std::shared_ptr<Connection> Loop::try_lease() {
  while (!over_ && !idle_.empty() && waiters_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    leased_.push_back(connection);
    connection->leased_at = Steady::now();
    if (!rested(*connection) || connection->is_alive()) return connection;
    connection->close(unavailable("closed by the server while it rested"));
  }
  return nullptr;
}

void Loop::send(Connection& connection, Job& job, Connection::Before before) {
  Result<> sent;
  if (connection.is_open() && rested(connection) && !connection.is_alive()) {
    connection.close(Steady::now() - connection.leased_at >= options_.transaction_time_max
                         ? timed_out("the transaction took too long and was rolled back")
                         : unavailable("the connection was lost, and the transaction rolled back"));
  }
  sent = connection.is_open() ? connection.send(job, before) : std::unexpected(connection.why());
  if (!sent) {
    JobList refused;
    answer(job, std::unexpected(sent.error()), refused);
    return answer_soon(std::move(refused));
  }
  connection.flush();
  arm_tick();
}

void Loop::abandon(Job& job) {
  if (job.place == Job::Place::queued) {
    if (!queue_.remove(job)) waiters_.remove(job);
  } else if (job.place == Job::Place::sent) {
    Connection& connection = *job.connection;
    connection.forget(job);
    dialer_.cancel(connection.stop_forgotten(Steady::now()));
  } else {
    return;  // answered, and about to be resumed
  }
  job.place = Job::Place::answered;
  boost::asio::post(*context_.load(),
                    [resume = std::move(job.resume)]() mutable { resume(boost::asio::error::operation_aborted); });
  check_drained();
}

// After the handlers that are ready now: what they submit goes out together.
void Loop::pump_soon() {
  if (std::exchange(pump_due_, true)) return;
  boost::asio::post(*context_.load(), [self = shared_from_this()] {
    if (self->pump_due_) self->pump();
  });
}

void Loop::pump() {
  pump_due_ = false;
  if (over_) return;
  JobList refused;
  send_queued(refused);
  flush_all();
  answer_soon(std::move(refused));
  dial_what_is_missing();
  arm_tick();
}

void Loop::send_queued(JobList& refused) {
  if (queue_.size() > pipelines_.size()) {
    for (const auto& connection : pipelines_) {
      if (!connection->is_held() && connection->in_flight() < options_.pipeline_max) connection->gather();
    }
  }
  while (!queue_.empty()) {
    Connection* const connection = least_busy();
    if (connection == nullptr) break;
    Job& job = *queue_.pop();
    if (auto sent = connection->send(job); !sent) answer(job, std::unexpected(std::move(sent.error())), refused);
  }
}

void Loop::flush_all() {
  for (std::size_t i = 0; i < pipelines_.size();) {
    const auto connection = pipelines_[i];  // flush() may take it out
    connection->flush();
    if (i < pipelines_.size() && pipelines_[i] == connection) ++i;
  }
}

Connection* Loop::least_busy() {
  while (true) {
    Connection* best = nullptr;
    for (const auto& connection : pipelines_) {
      if (connection->is_held() || connection->in_flight() >= options_.pipeline_max) continue;
      if (best == nullptr || connection->in_flight() < best->in_flight()) best = connection.get();
    }
    if (best == nullptr || best->in_flight() > 0 || !rested(*best) || best->is_alive()) return best;
    best->close(unavailable("closed by the server while it rested"));
  }
}

void Loop::progressed(Connection& connection, JobList answered, JobList again) {
  while (Job* job = again.pop()) {
    job->place = Job::Place::queued;
    job->wait_until = Steady::now() + options_.acquire_time_max;
    queue_.push(*job);
  }
  if (connection.use() == Use::transaction && connection.is_open()) settle(connection);
  const auto self = shared_from_this();
  resume(*context_.load(), std::move(answered));
  pump();
  check_drained();
}

void Loop::lost(Connection& connection, JobList unanswered) {
  const auto is_it = [&connection](const auto& other) { return other.get() == &connection; };
  for (Connections* connections : {&pipelines_, &idle_, &leased_, &leaving_}) std::erase_if(*connections, is_it);
  JobList answered;
  JobList again;
  while (Job* job = unanswered.pop()) {
    job->connection = nullptr;
    const bool read = job->statement != nullptr && job->statement->mode == Mode::read;
    if (connection.use() == Use::pipelined && read && !job->sent_again && !over_) {
      job->sent_again = true;
      job->place = Job::Place::queued;
      job->wait_until = Steady::now() + options_.acquire_time_max;
      again.push(*job);
      continue;
    }
    const bool unknown = !read && (connection.use() == Use::pipelined || job->kind == Job::Kind::commit);
    Error error = connection.why();
    if (unknown) error = std::move(error).with_cause("the outcome is unknown: " + connection.why().cause());
    answer(*job, std::unexpected(std::move(error)), answered);
  }
  again.append(std::move(queue_));
  queue_ = std::move(again);
  answer_soon(std::move(answered));
  if (!over_) pump_soon();
}

}  // namespace ashlar::sql::postgres::detail
