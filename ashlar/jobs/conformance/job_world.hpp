// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/jobs/conformance/test_jobs.hpp"
#include "ashlar/jobs/rows.hpp"
#include "ashlar/jobs/worker.hpp"
#include "ashlar/sql/model.hpp"
#include "ashlar/sql/open.hpp"
#include "ashlar/sql/query.hpp"
#include "ashlar/sql/raw.hpp"
#include "tests/support/postgres_server.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// A job table, a database and a worker for tests.
namespace ashlar::jobs {

class World {
 public:
  using Fill = std::function<void(Table&, World&)>;
  explicit World(bool postgres, const Fill& fill = {}) {
    auto opened = sql::open_database(postgres ? tests::PostgresServer::shared().new_database() : "sqlite::memory:");
    if (!opened) throw std::runtime_error(opened.error().cause());
    database = std::move(*opened);
    const std::vector<sql::TableModel> models{sql::model_of<JobRow>(),       sql::model_of<JobHistoryRow>(),
                                              sql::model_of<JobStepRow>(),   sql::model_of<JobKeyRow>(),
                                              sql::model_of<JobQueueRow>(),  sql::model_of<JobScheduleRow>(),
                                              sql::model_of<JobWorkerRow>(), sql::model_of<ChargedRow>()};
    if (auto made = database->run_script(sql::schema_script(models, database->dialect())); !made)
      throw std::runtime_error(made.error().cause());
    table.add<Note>(note, journal);
    table.add<Steps>(with_steps, journal).steps("charge", "ask");
    if (fill) fill(table, *this);
    units.emplace(*database, api::UnitOptions{});
    worker = new_worker();
  }
  ~World() {
    worker.reset();
    loop.restart();
    auto work = boost::asio::make_work_guard(loop);
    std::thread runner([this] { loop.run(); });
    database->close();
    work.reset();
    loop.stop();
    runner.join();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::unique_ptr<Worker> new_worker(WorkerOptions options = {}) {
    return std::make_unique<Worker>(
        Worker::Services{.table = table, .enqueuer = enqueuer, .doorbell = doorbell, .units = *units}, environment,
        std::move(options));
  }

  template <class T>
  T await(Task<T> task) {
    return async::run_to_end(loop, std::move(task));
  }
  Uuid new_id() { return Uuid::make(clock, random); }

  template <Job J>
  static Task<Result<Uuid>> enqueue_in(api::UnitOfWork& unit, World* world, J job, EnqueueOptions options) {
    co_return world->enqueuer.enqueue(unit, job, options);
  }
  template <Job J>
  Uuid enqueue(J job, EnqueueOptions options = {}) {
    api::SystemCall call(environment, "test");
    const auto id = await(units->run(call, &enqueue_in<J>, this, std::move(job), std::move(options)));
    if (!id) throw std::runtime_error(std::string(id.error().code().name) + " " + id.error().cause());
    return *id;
  }
  static Task<Result<>> enqueue_all_in(api::UnitOfWork& unit, World* world, std::vector<std::string> texts) {
    for (auto& text : texts) world->enqueuer.enqueue(unit, Note{std::move(text)});
    co_return Result<>{};
  }
  void enqueue_all(std::vector<std::string> texts) {
    api::SystemCall call(environment, "test");
    if (auto done = await(units->run(call, &enqueue_all_in, this, std::move(texts))); !done)
      throw std::runtime_error(done.error().cause());
  }
  static Task<Result<>> fail_after(api::UnitOfWork& unit, World* world, Note job) {
    world->enqueuer.enqueue(unit, job);
    co_return fail(note_refused, "The unit fails.");
  }
  void enqueue_and_fail(Note job) {
    api::SystemCall call(environment, "test");
    (void)await(units->run(call, &fail_after, this, std::move(job)));
  }

  std::size_t run_due() { return run_due(*worker); }
  std::size_t run_due(Worker& by) {
    const auto ran = await(by.run_due());
    if (!ran) throw std::runtime_error(std::string(ran.error().code().name) + " " + ran.error().cause());
    return *ran;
  }
  [[nodiscard]] std::vector<std::string> seen() const { return journal.seen(); }
  std::vector<JobView> views() {
    const auto all = await(admin().list({}, 1'000, 0));
    if (!all) throw std::runtime_error(all.error().cause());
    return *all;
  }
  std::string status(const std::string& text) {
    for (const JobView& view : views()) {
      if (view.arguments && view.arguments->contains("\"" + text + "\"")) return std::string(to_string(view.status));
    }
    return "none";
  }
  std::string error(const std::string& text) {
    for (const JobView& view : views()) {
      if (view.arguments && view.arguments->contains("\"" + text + "\"")) return view.error.value_or("");
    }
    return "none";
  }
  std::int64_t rows(const std::string& of) {
    const std::string text = "select count(*) from " + of;
    const auto count = await(sql::raw<std::int64_t>(sql::RawSql::trusted(text)).one(*database));
    return count ? count->value_or(-1) : -1;
  }
  void run(const std::string& sql) {
    if (auto done = database->run_script(sql); !done) throw std::runtime_error(done.error().cause());
  }
  JobAdmin& admin() {
    if (!admin_) admin_.emplace(*units, doorbell, clock);
    return *admin_;
  }

  ManualClock clock{Timestamp::parse("2026-05-04T08:30:00Z").value()};
  SeededRandom random{7};
  log::Logger logger{{.level = log::Level::fatal, .console = log::LogOptions::Console::standard_error}, clock};
  const api::Call::Environment environment{&clock, &random, &logger};
  boost::asio::io_context loop{1};
  std::vector<std::unique_ptr<boost::asio::io_context>> loops;  // of instances; they outlive the database
  Journal journal;
  LocalDoorbell doorbell;
  Table table;
  Enqueuer enqueuer{table, doorbell};
  std::unique_ptr<sql::Database> database;
  std::optional<api::Units> units;
  std::unique_ptr<Worker> worker;

 private:
  std::optional<JobAdmin> admin_;
};

}  // namespace ashlar::jobs
