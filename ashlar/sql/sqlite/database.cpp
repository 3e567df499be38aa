// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/sqlite/database.hpp"

#include "ashlar/sql/sqlite/detail/errors.hpp"
#include "ashlar/sql/sqlite/detail/readers.hpp"
#include "ashlar/sql/sqlite/detail/writer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mutex>

namespace ashlar::sql::sqlite {
namespace {

using detail::Job;
using detail::Turn;
using detail::Writer;

class Session final : public Transaction::Session {
 public:
  explicit Session(std::shared_ptr<Writer> writer) : writer_(std::move(writer)), turn_(std::make_shared<Turn>()) {}
  ~Session() override { writer_->abandon(*turn_); }

  [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }

  Task<Result<>> begin() {
    Job job{.kind = Job::Kind::begin, .turn = turn_};
    co_await detail::answered(job, [this](Job& ready) { writer_->submit(ready); });
    auto outcome = job.take();
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return Result<>{};
  }
  Task<Result<Outcome>> execute(Statement statement) override {
    Job job{.kind = Job::Kind::statement, .statement = &statement};
    co_await detail::answered(job, [this](Job& ready) { writer_->submit(*turn_, ready); });
    co_return job.take();
  }
  Task<Result<>> commit() override { return end(Job::Kind::commit); }
  Task<Result<>> rollback() override { return end(Job::Kind::rollback); }

 private:
  Task<Result<>> end(Job::Kind how) {
    Job job{.kind = how};
    co_await detail::answered(job, [this](Job& ready) { writer_->submit(*turn_, ready); });
    auto outcome = job.take();
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return Result<>{};
  }

  const std::shared_ptr<Writer> writer_;
  const std::shared_ptr<Turn> turn_;
};

constexpr auto no_limit = detail::Steady::time_point::max();
constexpr std::string_view foreign_keys_off = "pragma foreign_keys = off";  // has no effect inside a transaction

// A statement whose coroutine may stop waiting: it owns everything that it needs, including itself.
struct Ping {
  explicit Ping(const LoopExecutor& executor) : timer(executor) {}
  Statement statement{.sql = "select 1"};
  Job job{.kind = Job::Kind::ping, .statement = &statement};
  boost::asio::steady_timer timer;
  bool answered = false;
};

}  // namespace

struct Database::State {
  Options options;
  std::shared_ptr<Writer> writer;
  std::unique_ptr<detail::Readers> readers;
  std::once_flag closed;
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}

Database::~Database() { Database::close(); }

Result<std::unique_ptr<Database>> Database::open(Options options) {
  std::error_code error;
  if (const auto folder = options.path.parent_path(); !folder.empty()) {
    const bool made = std::filesystem::create_directories(folder, error);
    if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);  // for secrets
    if (error) return std::unexpected(detail::unavailable(folder.string() + ": " + error.message()));
  }
  auto writer = Writer::open(options);  // first, since it creates the file
  if (!writer) return std::unexpected(std::move(writer.error()));
  auto readers = detail::Readers::open(options, (*writer)->file());
  if (!readers) return std::unexpected(std::move(readers.error()));
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->writer = std::move(*writer);
  state->readers = std::move(*readers);
  return std::unique_ptr<Database>(new Database(std::move(state)));
}

Task<Result<Outcome>> Database::execute(Statement statement) {
  Job job{.statement = &statement};
  co_await detail::answered(job, [this, mode = statement.mode](Job& ready) {
    mode == Mode::read ? state_->readers->submit(ready) : state_->writer->submit(ready);
  });
  co_return job.take();
}

Task<Result<Outcome>> Database::execute_with(Statement write, std::vector<Statement> inserts) {
  Job job{.statement = &write, .inserts = inserts};
  co_await detail::answered(job, [this](Job& ready) { state_->writer->submit(ready); });
  co_return job.take();
}

Task<Result<Transaction>> Database::begin() {
  auto session = std::make_unique<Session>(state_->writer);
  if (auto begun = co_await session->begin(); !begun) co_return std::unexpected(std::move(begun.error()));
  co_return Transaction(std::move(session));
}

Task<Result<>> Database::ping(std::chrono::milliseconds within) {
  const LoopExecutor executor = co_await boost::asio::this_coro::executor;
  const auto ping = std::make_shared<Ping>(executor);
  ping->timer.expires_after(within);
  ping->job.loop = &executor.context();
  ping->job.resume = [ping] {
    ping->answered = true;
    ping->timer.cancel();
  };
  state_->readers->submit(ping->job);
  if (!ping->answered) {
    boost::system::error_code ignored;
    co_await ping->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable_t<LoopExecutor>{}, ignored));
  }
  if (!ping->answered) co_return std::unexpected(detail::unavailable("no answer in time"));
  auto outcome = ping->job.take();
  if (!outcome) co_return std::unexpected(std::move(outcome.error()));
  co_return Result<>{};
}

DatabaseLoad Database::load() const {
  return {.waiting = state_->readers->waiting() + state_->writer->waiting(),
          .waiting_max = state_->options.queue_max,
          .connections = state_->options.reader_threads + 1,
          .connections_max = state_->options.reader_threads + 1,
          .transactions_max = 1};
}

Result<> Database::run_script(std::string_view sql) {
  const Statement statement{.sql = std::string(sql), .mode = Mode::write};
  Job job{.kind = Job::Kind::script, .statement = &statement};
  detail::wait_for(job, [this](Job& ready) { state_->writer->submit(ready); });
  auto outcome = job.take();
  if (!outcome) return std::unexpected(std::move(outcome.error()));
  return {};
}

Result<> Database::query_blocking(const Statement& statement) {
  Job job{.statement = &statement};
  detail::wait_for(job, [&](Job& ready) {
    statement.mode == Mode::read ? state_->readers->submit(ready) : state_->writer->submit(ready);
  });
  auto outcome = job.take();
  if (!outcome) return std::unexpected(std::move(outcome.error()));
  return {};
}

Result<std::unique_ptr<MigrationLock>> Database::lock_migrations(std::chrono::milliseconds) {
  return std::make_unique<MigrationLock>();
}

Result<> Database::run_rebuild(std::string_view sql) {
  auto opened = detail::Connection::open(state_->options, detail::Access::read_write);
  if (!opened) return std::unexpected(std::move(opened.error()));
  detail::Connection& connection = **opened;  // its end rolls back what was not committed
  using Control = detail::Connection::Control;
  if (auto set = connection.run_script(foreign_keys_off, no_limit); !set) return set;
  if (auto begun = connection.control(Control::begin_immediate); !begun) return begun;
  if (auto done = connection.run_script(sql, no_limit); !done) return done;
  std::string broken;
  const Statement check{.sql = "pragma foreign_key_check", .on_row = [&broken](const Row& row) {
                          if (broken.empty())
                            broken = std::string(row.text(0)) + " refers to " + std::string(row.text(2));
                        }};
  if (auto checked = connection.run(check, no_limit); !checked) return std::unexpected(std::move(checked.error()));
  if (!broken.empty()) {
    return std::unexpected(Error(errors::foreign_key, "This refers to something that does not exist.")
                               .with_cause("a row of " + broken + ", where there is no such row"));
  }
  return connection.control(Control::commit);
}

Result<> Database::dry_run(std::string_view script, std::span<const Statement> reads) {
  auto empty = detail::Connection::open({.path = ":memory:"}, detail::Access::read_write);
  if (!empty) return std::unexpected(std::move(empty.error()));
  if (auto set = (*empty)->run_script(foreign_keys_off, no_limit); !set) return set;
  using Control = detail::Connection::Control;
  if (auto begun = (*empty)->control(Control::begin); !begun) return begun;
  if (auto done = (*empty)->run_script(script, no_limit); !done) return done;
  if (auto committed = (*empty)->control(Control::commit); !committed) return committed;
  for (const Statement& statement : reads) {
    if (auto read = (*empty)->run(statement, no_limit); !read) return std::unexpected(std::move(read.error()));
  }
  return {};
}

Result<StatementShape> Database::describe_blocking(std::string_view sql) {
  auto connection = detail::Connection::open(state_->options, detail::Access::read_write);
  if (!connection) return std::unexpected(std::move(connection.error()));
  return (*connection)->describe(std::string(sql));
}

void Database::close() {
  std::call_once(state_->closed, [this] {
    state_->readers->close();
    state_->writer->close();
    if (state_->options.lifetime == Options::Lifetime::kept) return;
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::error_code ignored;
      std::filesystem::remove(state_->options.path.string() + suffix, ignored);
    }
    std::error_code ignored;
    std::filesystem::remove(state_->options.path.parent_path(), ignored);
  });
}

}  // namespace ashlar::sql::sqlite
