// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/postgres/database.hpp"

#include "ashlar/sql/joined_statements.hpp"
#include "ashlar/sql/postgres/detail/dialer.hpp"
#include "ashlar/sql/postgres/detail/errors.hpp"
#include "ashlar/sql/postgres/detail/loop.hpp"
#include "ashlar/sql/postgres/detail/result.hpp"
#include "ashlar/sql/postgres/detail/schema_work.hpp"
#include "ashlar/sql/postgres/detail/session.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace ashlar::sql::postgres {
namespace asio = boost::asio;
using detail::Job;
using detail::Loop;
using detail::Steady;

namespace {

constexpr std::size_t loops_max = 1024;
// The server cancels a statement at its limit; this much later we stop waiting for that.
constexpr std::chrono::milliseconds server_grace{500};

// A loop that runs nothing for this long while it should drain is considered to have no thread.
constexpr std::chrono::milliseconds loop_answer_time_max{1'000};

// The draining of one loop, for the thread that waits for it.
class Draining {
 public:
  enum class Stage : std::uint8_t { asked, begun, done };

  void reach(Stage stage) {
    const std::scoped_lock lock(mutex_);
    stage_ = stage;
    changed_.notify_all();
  }
  // Waits until it is done, at rest, or given up.
  Stage wait(const Loop& loop, Steady::time_point limit) {
    const auto begin_limit = Steady::now() + loop_answer_time_max;
    std::unique_lock lock(mutex_);
    while (stage_ != Stage::done && !loop.is_at_rest()) {
      const auto now = Steady::now();
      if (now > limit || (stage_ == Stage::asked && now > begin_limit)) break;
      changed_.wait_for(lock, std::chrono::milliseconds(2));
    }
    return stage_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Stage stage_ = Stage::asked;
};

void drain(const std::shared_ptr<Loop>& loop, Steady::time_point limit) {
  using Stage = Draining::Stage;
  const auto draining = std::make_shared<Draining>();
  loop->post([loop, draining] {
    draining->reach(Stage::begun);
    loop->drain([draining] { draining->reach(Stage::done); });
  });
  if (draining->wait(*loop, limit) != Stage::begun || loop->is_at_rest()) return;
  const auto aborting = std::make_shared<Draining>();  // it runs, but has unfinished work after its time
  loop->post([loop, aborting] {
    loop->abort();
    aborting->reach(Stage::done);
  });
  aborting->wait(*loop, Steady::now() + loop_answer_time_max);
}

}  // namespace

struct Database::State {
  explicit State(Options given) : options(std::move(given)), dialer(options) {}

  // The state of this loop; created at its first use. Null when the database is closed.
  Loop* loop_of(asio::io_context& context) {
    const std::size_t known = loops_count.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < known; ++i) {
      Loop* const loop = loops[i].load(std::memory_order_acquire);
      if (loop->is_on(context)) return closed.load(std::memory_order_relaxed) ? nullptr : loop;
    }
    return add_loop(context);
  }

  Loop* add_loop(asio::io_context& context) {
    const std::scoped_lock lock(mutex);
    if (closed) return nullptr;
    // The slot of a loop that was destroyed, if any.
    const std::size_t known = loops_count.load(std::memory_order_relaxed);
    std::size_t at = 0;
    while (at < known && !loops[at].load(std::memory_order_relaxed)->is_destroyed()) ++at;
    if (at == loops_max) return nullptr;
    // All are kept to the end: another thread may be comparing one with its own loop.
    made.push_back(Loop::make(context, options, dialer, [this] { close_dead(); }));
    loops[at].store(made.back().get(), std::memory_order_release);
    if (at == known) loops_count.store(known + 1, std::memory_order_release);
    return made.back().get();
  }

  // A loop without work does not notice by itself that its connections were closed.
  void close_dead() {
    const std::scoped_lock lock(mutex);
    for (const auto& loop : made) loop->post([loop] { loop->close_dead(); });
  }

  [[nodiscard]] Job job_for(const Statement* statement) const {
    Job job;
    job.statement = statement;
    const auto now = Steady::now();
    job.wait_until = now + options.acquire_time_max;
    job.until = job.wait_until + options.statement_time_max + server_grace;
    return job;
  }

  const Options options;
  detail::Dialer dialer;
  std::mutex mutex;  // held while loops are added or notified, and while closing begins
  std::atomic<bool> closed = false;
  std::atomic<std::size_t> loops_count = 0;
  std::array<std::atomic<Loop*>, loops_max> loops{};
  std::vector<std::shared_ptr<Loop>> made;
};

namespace {

auto submitted(Loop& loop, Job& job) {
  return detail::answered(
      job, [&loop](Job& ready) { loop.submit(ready); }, [&loop](Job& given_up) { loop.abandon(given_up); });
}

auto leased(Loop& loop, Job& job) {
  return detail::answered(
      job, [&loop](Job& ready) { loop.lease(ready); }, [&loop](Job& given_up) { loop.abandon(given_up); });
}

Error closed_error() { return detail::unavailable("the database is closed"); }

}  // namespace

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::~Database() { close(); }

Result<std::unique_ptr<Database>> Database::open(Options options) {
  auto state = std::make_unique<State>(std::move(options));
  const bool pooled = state->options.pooler == Pooler::transaction;
  if (pooled && state->options.direct_url.empty())
    return std::unexpected(
        detail::unsuitable("a transaction pooler needs the URL of the server behind it, direct_url"));
  if (state->options.at_open == AtOpen::connect) {
    if (auto tried = state->dialer.connect(detail::Use::blocking); !tried)
      return std::unexpected(std::move(tried.error()));
    if (!pooled) return std::unique_ptr<Database>(new Database(std::move(state)));
    if (auto tried = state->dialer.connect(detail::Use::reads); !tried)
      return std::unexpected(std::move(tried.error()));
  }
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Task<Result<Outcome>> Database::execute(Statement statement) {
  const LoopExecutor executor = co_await asio::this_coro::executor;
  Loop* const loop = state_->loop_of(executor.context());
  if (loop == nullptr) co_return std::unexpected(closed_error());
  Job job = state_->job_for(&statement);
  co_await submitted(*loop, job);
  co_return job.take();
}

Task<Result<Outcome>> Database::execute_with(Statement write, std::vector<Statement> inserts) {
  return execute(sql::written_with(std::move(write), std::move(inserts)));
}

Task<Result<>> Database::execute_both(Statement first, Statement second) {
  const LoopExecutor executor = co_await asio::this_coro::executor;
  Loop* const loop = state_->loop_of(executor.context());
  if (loop == nullptr) co_return std::unexpected(closed_error());
  Job one = state_->job_for(&first);
  Job other = state_->job_for(&second);
  other.follows = true;
  co_await detail::both_answered(
      one, other, [loop](Job& ready) { loop->submit(ready); }, [loop](Job& given_up) { loop->abandon(given_up); });
  const auto of_one = one.take();
  const auto of_other = other.take();
  for (const auto* outcome : {&of_one, &of_other}) {
    if (!*outcome) co_return std::unexpected(outcome->error());
  }
  co_return Result<>();
}

Task<Result<Transaction>> Database::begin() {
  const LoopExecutor executor = co_await asio::this_coro::executor;
  Loop* const loop = state_->loop_of(executor.context());
  if (loop == nullptr) co_return std::unexpected(closed_error());
  auto connection = loop->try_lease();
  if (connection == nullptr) {
    Job job = state_->job_for(nullptr);
    job.kind = Job::Kind::lease;
    co_await leased(*loop, job);
    if (!job.outcome) co_return std::unexpected(std::move(job.outcome.error()));
    connection = std::move(job.leased);
  }
  co_return Transaction(std::make_unique<detail::Session>(loop->shared_from_this(), std::move(connection),
                                                          state_->options.statement_time_max + server_grace));
}

Task<Result<>> Database::ping(std::chrono::milliseconds within) {
  const LoopExecutor executor = co_await asio::this_coro::executor;
  Loop* const loop = state_->loop_of(executor.context());
  if (loop == nullptr) co_return std::unexpected(closed_error());
  const Statement statement{.sql = "SELECT 1"};
  Job job = state_->job_for(&statement);
  job.urgent = true;
  job.until = Steady::now() + within;
  job.wait_until = std::min(job.wait_until, job.until);
  co_await submitted(*loop, job);
  if (auto outcome = job.take(); !outcome) co_return std::unexpected(std::move(outcome.error()));
  co_return Result<>();
}

DatabaseLoad Database::load() const {
  const Options& options = state_->options;
  DatabaseLoad out{.waiting_max = options.queue_max};
  const std::size_t known = state_->loops_count.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < known; ++i) {
    const Loop* const loop = state_->loops[i].load(std::memory_order_acquire);
    if (loop->is_destroyed()) continue;
    const auto of_loop = loop->load();
    out.waiting += of_loop.waiting;
    out.in_flight += of_loop.in_flight;
    out.connections += of_loop.connections;
    out.transactions += of_loop.transactions;
    out.transactions_max += options.transactions_per_loop;
    out.connections_max +=
        options.connections_per_loop + options.write_connections_per_loop + options.transactions_per_loop;
  }
  return out;
}

Result<> Database::run_script(std::string_view sql) {
  if (state_->closed) return std::unexpected(closed_error());
  if (sql.find('\0') != std::string_view::npos) return std::unexpected(detail::failed("a NUL in a script"));
  auto connection = state_->dialer.connect(detail::Use::blocking);
  if (!connection) return std::unexpected(std::move(connection.error()));
  for (const std::string& text : {std::string("BEGIN"), std::string(sql), std::string("COMMIT")}) {
    const detail::ResultHandle result(PQexec(connection->get(), text.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
      return std::unexpected(detail::error_of(result.get(), text));  // closing the connection rolls back
    }
  }
  return {};
}

Result<> Database::query_blocking(const Statement& statement) {
  if (state_->closed) return std::unexpected(closed_error());
  detail::Parameters parameters;
  if (auto encoded = parameters.encode(statement.parameters); !encoded) return encoded;
  if (auto examined = detail::examine(statement.sql, statement.parameters.size()); !examined) {
    return std::unexpected(std::move(examined.error()));
  }
  auto connection = state_->dialer.connect(detail::Use::blocking);
  if (!connection) return std::unexpected(std::move(connection.error()));
  std::vector<Oid> types;
  for (const Value& value : statement.parameters) types.push_back(detail::declared_type(value));
  constexpr int binary_format = 1;
  const detail::ResultHandle result(PQexecParams(connection->get(), statement.sql.c_str(), parameters.count(),
                                                 types.data(), parameters.values(), parameters.lengths(),
                                                 parameters.formats(), binary_format));
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return std::unexpected(detail::error_of(result.get(), statement.sql));
  }
  Job job;
  job.statement = &statement;
  detail::read_rows(job, result.get());
  if (job.thrown) std::rethrow_exception(job.thrown);
  return {};
}

Result<std::unique_ptr<MigrationLock>> Database::lock_migrations(std::chrono::milliseconds wait_max) {
  if (state_->closed) return std::unexpected(closed_error());
  return detail::lock_migrations(state_->dialer, wait_max);
}

Result<> Database::dry_run(std::string_view script, std::span<const Statement> reads) {
  if (state_->closed) return std::unexpected(closed_error());
  return detail::dry_run(state_->dialer, script, reads);
}

Result<StatementShape> Database::describe_blocking(std::string_view sql) {
  if (state_->closed) return std::unexpected(closed_error());
  return detail::describe(state_->dialer, sql);
}

void Database::close() {
  std::vector<std::shared_ptr<Loop>> loops;
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->closed.exchange(true)) return;
    loops = state_->made;
  }
  const auto limit = Steady::now() + state_->options.drain_time_max;
  for (const auto& loop : loops) drain(loop, limit);
  state_->dialer.stop();
  for (const auto& loop : loops) loop->abort();  // no action for those that have ended
}

}  // namespace ashlar::sql::postgres
