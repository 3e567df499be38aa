// SPDX-License-Identifier: Apache-2.0
// What jobs cost: no-op jobs a second, the time from a commit to the start on another instance, and both with a million
// waiting jobs and under an old snapshot.
//   bench_jobs DATABASE_URL [jobs]     an empty database, which it fills; bench/jobs starts one and the peers
#include "ashlar/api/system_call.hpp"
#include "ashlar/jobs/rows.hpp"
#include "ashlar/jobs/worker.hpp"
#include "ashlar/sql/model.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/raw.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace ashlar;
using std::chrono::steady_clock;

struct Nothing {
  static constexpr std::string_view job_name = "nothing";
  std::int64_t sent_at = 0;  // steady nanoseconds
};
ASHLAR_DESCRIBE(Nothing, sent_at)

std::int64_t nanoseconds() { return steady_clock::now().time_since_epoch().count(); }

struct Handled {
  std::atomic<std::int64_t> count = 0;
  std::vector<std::int64_t> latencies = std::vector<std::int64_t>(1'000'000);
};

Task<Result<>> nothing(jobs::JobCall&, Nothing in, Handled& handled) {
  const auto number = handled.count++;
  if (number < 1'000'000) handled.latencies[static_cast<std::size_t>(number)] = nanoseconds() - in.sent_at;
  co_return Result<>{};
}

void check(const Result<>& result) {
  if (result) return;
  std::fprintf(stderr, "%s: %s\n", std::string(result.error().code().name).c_str(), result.error().cause().c_str());
  std::exit(1);
}

// Loops with threads, a database of its own, and on request a worker: one instance.
class Instance {
 public:
  Instance(const std::string& url, std::size_t loops, std::size_t concurrency, Handled& handled) {
    auto opened = sql::open_database(url);
    if (!opened) std::exit(1);
    database = std::move(*opened);
    table.add<Nothing>(nothing, handled);
    doorbell = database->dialect() == sql::Dialect::postgres ? jobs::postgres_doorbell(*database, url)
                                                             : std::make_unique<jobs::LocalDoorbell>();
    enqueuer.emplace(table, *doorbell);
    units.emplace(*database, api::UnitOptions{});
    std::vector<boost::asio::io_context*> all;
    for (std::size_t i = 0; i < loops; ++i)
      all.push_back(loops_.emplace_back(std::make_unique<boost::asio::io_context>(1)).get());
    if (concurrency > 0) {
      worker.emplace(
          jobs::Worker::Services{.table = table, .enqueuer = *enqueuer, .doorbell = *doorbell, .units = *units},
          environment,
          jobs::WorkerOptions{.concurrency = concurrency, .log = {.state = api::CallLogOptions::State::off}});
      worker->start(all);
    }
    for (auto* loop : all) {
      work_.push_back(boost::asio::make_work_guard(*loop));
      threads_.emplace_back([loop] { loop->run(); });
    }
  }
  ~Instance() {
    if (worker) {
      stop_loops();
      worker->close();
      for (auto& loop : loops_) {
        loop->restart();
        work_.push_back(boost::asio::make_work_guard(*loop));
        threads_.emplace_back([its = loop.get()] { its->run(); });
      }
    }
    database->close();
    stop_loops();
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  Result<> run(Task<Result<>> task) {
    return boost::asio::co_spawn(*loops_.front(), std::move(task), boost::asio::use_future).get();
  }

  SystemClock clock;
  SystemRandom random;
  log::Logger logger{{.level = log::Level::error, .console = log::LogOptions::Console::standard_error}, clock};
  const api::Call::Environment environment{&clock, &random, &logger};
  std::unique_ptr<sql::Database> database;
  jobs::Table table;
  std::unique_ptr<jobs::Doorbell> doorbell;
  std::optional<jobs::Enqueuer> enqueuer;
  std::optional<api::Units> units;
  std::optional<jobs::Worker> worker;

 private:
  void stop_loops() {
    work_.clear();
    for (auto& loop : loops_) loop->stop();
    threads_.clear();
  }
  std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
  std::vector<boost::asio::executor_work_guard<LoopExecutor>> work_;
  std::vector<std::jthread> threads_;
};

Task<Result<>> enqueue_some(api::UnitOfWork& unit, Instance* instance, int count) {
  for (int i = 0; i < count; ++i) instance->enqueuer->enqueue(unit, Nothing{nanoseconds()});
  co_return Result<>{};
}

Task<Result<>> enqueue(Instance* instance, int count, int a_unit) {
  for (int done = 0; done < count; done += a_unit) {
    api::SystemCall call(instance->environment, "bench");
    co_await unwrap(instance->units->run(call, &enqueue_some, instance, std::min(a_unit, count - done)));
  }
  co_return Result<>{};
}

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

void report(const char* what, int jobs, double seconds) {
  std::printf("%-58s %9.0f jobs/s\n", what, jobs / seconds);
  std::fflush(stdout);
}

std::int64_t unfinished(Instance& instance) {
  std::int64_t count = 0;
  check(instance.database->query_blocking(
      {.sql = "select count(*) from jobs where kind = 'nothing' and state <> 'scheduled'",
       .on_row = [&](const sql::Row& row) { count = row.integer(0); }}));
  return count;
}

// Enqueues first, then starts a worker and waits until everything is done.
void measure_running(const std::string& url, int jobs, std::size_t concurrency, const char* what) {
  Handled handled;
  {
    Instance producer(url, 1, 0, handled);
    const auto begin = steady_clock::now();
    check(producer.run(enqueue(&producer, jobs, 100)));
    report("  enqueue, 100 a unit of work", jobs, seconds_since(begin));
  }
  const auto begin = steady_clock::now();
  Instance worker(url, 2, concurrency, handled);
  while (handled.count < jobs || unfinished(worker) > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  report(what, jobs, seconds_since(begin));
}

void measure_latency(const std::string& url, int jobs, const char* what) {
  Handled handled;
  Instance producer(url, 1, 0, handled);
  Instance worker(url, 1, 16, handled);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  for (int i = 0; i < jobs; ++i) {
    check(producer.run(enqueue(&producer, 1, 1)));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  while (handled.count < jobs) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  auto& all = handled.latencies;
  std::sort(all.begin(), all.begin() + jobs);
  std::printf("%-58s p50 %.2f ms, p99 %.2f ms\n", what,
              static_cast<double>(all[static_cast<std::size_t>(jobs / 2)]) / 1e6,
              static_cast<double>(all[static_cast<std::size_t>(jobs * 99 / 100)]) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: bench_jobs DATABASE_URL [jobs]\n"), 2;
  const std::string url = argv[1];
  const int jobs = argc > 2 ? std::atoi(argv[2]) : 50'000;
  bool postgres = false;
  {
    auto database = std::move(*sql::open_database(url));
    postgres = database->dialect() == sql::Dialect::postgres;
    const std::vector<sql::TableModel> models{sql::model_of<jobs::JobRow>(),      sql::model_of<jobs::JobHistoryRow>(),
                                              sql::model_of<jobs::JobStepRow>(),  sql::model_of<jobs::JobKeyRow>(),
                                              sql::model_of<jobs::JobQueueRow>(), sql::model_of<jobs::JobScheduleRow>(),
                                              sql::model_of<jobs::JobWorkerRow>()};
    check(database->run_script(sql::schema_script(models, database->dialect())));
    database->close();
  }
  measure_running(url, jobs, 256, "  run, no-op, 256 at the same time");
  measure_running(url, jobs / 4, 16, "  run, no-op, 16 at the same time");
  if (!postgres) return 0;
  measure_latency(url, 500, "  from before the unit to the start on another instance");
  auto database = std::move(*sql::open_database(url));
  check(database->run_script(
      "insert into jobs (id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments, context, "
      "created_at, cancelled, group_concurrency, group_rate) select gen_random_uuid(), 'other', 'other', 'waiting', 5, "
      "now(), 0, 10, 0, '{}', '{}', now(), false, 1, 0 from generate_series(1, 1000000)"));
  check(database->run_script("analyze jobs"));
  database->close();
  std::printf("with 1,000,000 waiting jobs of another queue\n");
  measure_running(url, jobs, 256, "  run, no-op, 256 at the same time");
  return 0;
}
