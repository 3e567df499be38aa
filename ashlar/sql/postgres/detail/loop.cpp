// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/detail/loop.hpp"

#include "ashlar/sql/postgres/detail/errors.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace ashlar::sql::postgres::detail {
namespace {

// The server may have closed a connection that rested longer: it is checked before use.
constexpr std::chrono::milliseconds rest_max{1};

bool rested(const Connection& connection) { return Steady::now() - connection.last_active() > rest_max; }

}  // namespace

// One for each event loop, created after Asio's own services: it is shut down before them.
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

Loop::Loop(boost::asio::io_context& context, const Options& options, Dialer& dialer, std::function<void()> check_idle)
    : context_(&context),
      options_(options),
      dialer_(dialer),
      check_idle_(std::move(check_idle)),
      reconnection_(options.reconnect_delay_max,
                    static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(this) >> 4)),
      timer_(std::make_unique<Timer>(context.get_executor())),
      reads_{.use = Use::reads, .connections_max = options.connections_per_loop},
      writes_{.use = Use::writes, .connections_max = options.write_connections_per_loop} {}

std::shared_ptr<Loop> Loop::make(boost::asio::io_context& context, const Options& options, Dialer& dialer,
                                 std::function<void()> check_idle) {
  const std::shared_ptr<Loop> loop(new Loop(context, options, dialer, std::move(check_idle)));
  // Creates Asio's services for timers (above) and sockets before ours.
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

DatabaseLoad Loop::load() const {
  constexpr auto relaxed = std::memory_order_relaxed;
  return {.waiting = figures_.waiting.load(relaxed),
          .in_flight = figures_.in_flight.load(relaxed),
          .connections = figures_.connections.load(relaxed),
          .transactions = figures_.transactions.load(relaxed)};
}

void Loop::publish_load() {
  constexpr auto relaxed = std::memory_order_relaxed;
  std::size_t in_transactions = 0;
  for (const auto& connection : leased_) in_transactions += connection->in_flight();
  figures_.waiting.store(reads_.queue.size() + writes_.queue.size() + waiters_.size(), relaxed);
  figures_.in_flight.store(reads_.in_flight() + writes_.in_flight() + in_transactions, relaxed);
  figures_.connections.store(
      reads_.connections.size() + writes_.connections.size() + idle_.size() + leased_.size() + leaving_.size(),
      relaxed);
  figures_.transactions.store(leased_.size(), relaxed);
}

void Loop::answer_soon(JobList answered) {
  if (!answered.empty()) detail::post(*context_.load(), std::move(answered));
}

std::size_t Loop::Lane::in_flight() const {
  std::size_t out = 0;
  for (const auto& connection : connections) out += connection->in_flight();
  return out;
}

void Loop::submit(Job& job) {
  Lane& lane = lane_of(job);
  const bool down = lane.connections.empty() && reconnection_.is_down(Steady::now(), options_.acquire_time_max);
  const bool full = !job.urgent && lane.queue.size() >= options_.queue_max;
  if (over_ || down || full) {
    JobList refused;
    answer(job, std::unexpected(unavailable(down ? reconnection_.last_error()->cause() : "the queue is full")),
           refused);
    return answer_soon(std::move(refused));
  }
  job.place = Job::Place::queued;
  job.urgent ? lane.queue.push_front(job) : lane.queue.push(job);
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
    publish_load();
    if (is_spent(*connection)) {
      connection->close(unavailable(spent_cause));
    } else if (!rested(*connection) || connection->is_alive()) {
      return connection;
    } else {
      connection->close(unavailable("closed by the server while idle"));
    }
  }
  return nullptr;
}

bool Loop::is_overdue(const Connection& leased) const {
  return Steady::now() - leased.leased_at >= options_.transaction_time_max;
}

void Loop::send(Connection& connection, Job& job, Connection::Before before) {
  Result<> sent;
  if (connection.is_open() && rested(connection) && !connection.is_alive()) {
    connection.close(connection.broken());
  }
  sent = connection.is_open() ? connection.send(job, before) : std::unexpected(connection.why());
  if (!sent) {
    JobList refused;
    answer(job, std::unexpected(sent.error()), refused);
    return answer_soon(std::move(refused));
  }
  connection.flush();
  arm_tick();
  publish_load();
}

void Loop::abandon(Job& job) {
  if (job.place == Job::Place::queued) {
    if (!waiters_.remove(job)) lane_of(job).queue.remove(job);
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
  publish_load();
  check_drained();
}

// After the handlers that are ready now: what they submit is sent together.
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
  for (Lane* lane : {&reads_, &writes_}) {
    send_queued(*lane, refused);
    flush_all(*lane);
  }
  answer_soon(std::move(refused));
  dial_what_is_missing();
  arm_tick();
  publish_load();
}

void Loop::send_queued(Lane& lane, JobList& refused) {
  Connection* connection = nullptr;
  while (!lane.queue.empty()) {
    connection = connection_for(lane, *lane.queue.first(), connection);
    if (connection == nullptr) break;
    Job& job = *lane.queue.pop();
    if (auto sent = connection->send(job); !sent) answer(job, std::unexpected(std::move(sent.error())), refused);
  }
}

void Loop::flush_all(Lane& lane) {
  for (std::size_t i = 0; i < lane.connections.size();) {
    const auto connection = lane.connections[i];  // flush() may remove it
    connection->flush();
    if (i < lane.connections.size() && lane.connections[i] == connection) ++i;
  }
}

// Inserts gather behind running commits, and share the next one. Reads are spread.
Connection* Loop::connection_for(Lane& lane, const Job& job, Connection* last_used) {
  if (job.follows && last_used != nullptr) return last_used;
  if (lane.use == Use::reads) return least_busy(lane);
  if (last_used != nullptr && last_used->is_gathering() && last_used->would_share(job)) return last_used;
  Connection* const best = least_busy(lane);
  return best != nullptr && best->in_flight() > 0 && best->would_share(job) ? nullptr : best;
}

Connection* Loop::least_busy(Lane& lane) {
  while (true) {
    Connection* best = nullptr;
    Connection* spent = nullptr;
    for (const auto& connection : lane.connections) {
      if (is_spent(*connection)) {
        if (connection->in_flight() == 0) spent = connection.get();
        continue;
      }
      if (connection->is_held() || connection->in_flight() >= options_.pipeline_max) continue;
      if (best == nullptr || connection->in_flight() < best->in_flight()) best = connection.get();
    }
    if (spent != nullptr) {
      spent->close(unavailable(spent_cause));
      continue;
    }
    if (best == nullptr || best->in_flight() > 0 || !rested(*best) || best->is_alive()) return best;
    best->close(unavailable("closed by the server while idle"));
  }
}

void Loop::progressed(Connection& connection, JobList answered, JobList again) {
  while (Job* job = again.pop()) {
    job->place = Job::Place::queued;
    job->wait_until = Steady::now() + options_.acquire_time_max;
    lane_of(*job).queue.push(*job);
  }
  if (!connection.is_shared() && connection.is_open()) settle(connection);
  const auto self = shared_from_this();
  resume(*context_.load(), std::move(answered));
  pump();
  check_drained();
}

void Loop::lost(Connection& connection, JobList unanswered) {
  const auto is_it = [&connection](const auto& other) { return other.get() == &connection; };
  for (Connections* connections : {&reads_.connections, &writes_.connections, &idle_, &leased_, &leaving_})
    std::erase_if(*connections, is_it);
  lost_since_dialed_ = true;
  JobList answered;
  JobList again;
  while (Job* job = unanswered.pop()) {
    job->connection = nullptr;
    if (connection.is_shared() && job->is_read() && !job->sent_again && !over_) {
      job->sent_again = true;
      job->place = Job::Place::queued;
      job->wait_until = Steady::now() + options_.acquire_time_max;
      again.push(*job);
      continue;
    }
    const bool unknown = connection.may_have_happened(*job);
    answer(*job, std::unexpected(unknown ? outcome_unknown(connection.why().cause()) : connection.why()), answered);
  }
  again.append(std::move(reads_.queue));
  reads_.queue = std::move(again);  // before those that were not sent yet
  answer_soon(std::move(answered));
  publish_load();
  if (!over_) pump_soon();
}

}  // namespace ashlar::sql::postgres::detail
