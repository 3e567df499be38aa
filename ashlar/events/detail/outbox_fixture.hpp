// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/system_call.hpp"
#include "ashlar/api/units.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/events/consumer.hpp"
#include "ashlar/events/event_row.hpp"
#include "ashlar/events/outbox.hpp"
#include "ashlar/events/publish.hpp"
#include "ashlar/sql/model.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/raw.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// For the tests of this module.
namespace ashlar::events {

struct Changed {
  std::string key;
  std::int64_t revision = 0;
};
ASHLAR_DESCRIBE(Changed, key, revision)
inline constexpr EventType<Changed> changed_event{"thing.changed"};

// The resource whose row the publishing units change.
struct Thing {
  std::string key;
  std::int64_t revision = 0;
};
ASHLAR_DESCRIBE(Thing, key, revision)
ASHLAR_TABLE(Thing, "things", sql::primary_key<&Thing::key>())

inline Task<Result<>> change_thing(api::UnitOfWork& unit, std::string key) {
  using sql::col;
  const auto thing = co_await unwrap(
      sql::update<Thing>().set(col<&Thing::revision> += 1).where(col<&Thing::key> == key).returning_one(unit));
  if (!thing) throw std::logic_error("no such thing: " + key);
  publish(unit, changed_event, key, Changed{.key = key, .revision = thing->revision});
  co_return Result<>{};
}

// An empty outbox and some things, on SQLite or on PostgreSQL.
class OutboxTest : public testing::TestWithParam<sql::Dialect> {
 protected:
  OutboxTest() {
    const std::vector<sql::TableModel> models = {sql::model_of<EventRow>(), sql::model_of<ConsumerRow>(),
                                                 sql::model_of<Thing>()};
    must(database->run_script(sql::schema_script(models, database->dialect())));
    for (const char* key : {"a", "b", "c"}) must(run(sql::insert(Thing{.key = key}).run(*database)));
  }
  ~OutboxTest() override { database->close(); }

  [[nodiscard]] static bool is_postgres() { return GetParam() == sql::Dialect::postgres; }
  [[nodiscard]] std::unique_ptr<sql::Database> open() const {
    sql::OpenOptions options;
    options.postgres.transaction_time_max = std::chrono::minutes(5);  // some tests leave one open
    auto opened = sql::open_database(url, options);
    if (!opened) throw std::runtime_error(opened.error().cause());
    return std::move(*opened);
  }

  template <class T>
  T run(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message() + " " + result.error().cause());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  void change(const std::string& key) { must(run(units.run(call, &change_thing, key))); }
  std::int64_t integer(sql::RawSql query) { return must(run(sql::raw<std::int64_t>(query).one(*database))).value(); }

  // "a1 a2 b1": what a consumer reads in batches of this size, its position being stored after each.
  std::string read_all(const std::string& consumer, std::int64_t events_max = 100) {
    std::string out;
    while (true) {
      const auto [text, is_last] = read_batch(consumer, events_max);
      out += (out.empty() || text.empty() ? "" : " ") + text;
      if (is_last) return out;
    }
  }
  struct ReadBatch {
    std::string text;
    bool is_last;
  };
  ReadBatch read_batch(const std::string& consumer, std::int64_t events_max) {
    const LeaseRequest lease{.consumer = consumer, .holder = holder, .time = std::chrono::seconds(10)};
    const auto from = must(run(outbox.acquire(lease)));
    if (!from) throw std::runtime_error("another one holds the lease");
    Batch batch = must(run(outbox.read(*from, events_max)));
    must(run(units.run(call, &Outbox::advance, batch.next, lease)));
    ReadBatch out{.text = {}, .is_last = batch.is_last};
    for (const Event& event : batch.events) out.text += (out.text.empty() ? "" : " ") + shown(event);
    return out;
  }
  static std::string shown(const Event& event) {
    return event.key + std::to_string(must(event.data.as<Changed>()).revision);
  }

  std::string url = is_postgres() ? tests::PostgresServer::shared().new_database() : "sqlite::memory:";
  boost::asio::io_context loop{1};
  std::unique_ptr<sql::Database> database = open();
  SystemClock clock;
  SeededRandom random{11};
  log::Logger logger{log::LogOptions{.console = log::LogOptions::Console::none}, clock};
  api::Call::Environment environment{&clock, &random, &logger};
  api::SystemCall system_call{environment, "test"};
  api::Call& call = system_call;
  Outbox outbox{*database};
  api::Units units{*database, {}};
  Uuid holder = Uuid::make(clock, random);
};

// A consumer on a loop of its own, as a server runs it.
class RunningConsumer {
 public:
  RunningConsumer(Consumer::Services services, ConsumerOptions options, Consumer::Handler handler)
      : consumer_(services, std::move(options), std::move(handler)), work_(loop_.get_executor()) {
    consumer_.start(loop_);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningConsumer() { stop(); }
  RunningConsumer(const RunningConsumer&) = delete;
  RunningConsumer& operator=(const RunningConsumer&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    work_.reset();
    loop_.stop();
    thread_.join();
    loop_.restart();
    consumer_.close();
  }
  [[nodiscard]] ConsumerFigures figures() const { return consumer_.figures(); }

 private:
  boost::asio::io_context loop_{1};
  Consumer consumer_;
  boost::asio::executor_work_guard<LoopExecutor> work_;
  std::thread thread_;
};

inline auto both_databases() { return testing::Values(sql::Dialect::sqlite, sql::Dialect::postgres); }
inline std::string database_name(const testing::TestParamInfo<sql::Dialect>& info) {
  return info.param == sql::Dialect::sqlite ? "Sqlite" : "Postgres";
}

}  // namespace ashlar::events
