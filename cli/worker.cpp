// SPDX-License-Identifier: Apache-2.0
#include "ashlar/sql/logged.hpp"
#include "backend/application.hpp"
#include "backend/development_secrets.hpp"
#include "backend/version.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/signals.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

namespace ashlar::cli {

namespace {

// Event loops with a thread each, for a program that serves nothing.
class WorkerLoops {
 public:
  explicit WorkerLoops(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<boost::asio::io_context>(1));
  }
  ~WorkerLoops() { stop(); }
  WorkerLoops(const WorkerLoops&) = delete;
  WorkerLoops& operator=(const WorkerLoops&) = delete;

  [[nodiscard]] std::vector<boost::asio::io_context*> all() const {
    std::vector<boost::asio::io_context*> out;
    for (const auto& loop : loops_) out.push_back(loop.get());
    return out;
  }
  void run() {
    for (const auto& loop : loops_) {
      work_.push_back(boost::asio::make_work_guard(*loop));
      threads_.emplace_back([&its_loop = *loop] { its_loop.run(); });
    }
  }
  void stop() {
    work_.clear();
    for (const auto& loop : loops_) loop->stop();
    threads_.clear();
  }

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
  std::vector<boost::asio::executor_work_guard<LoopExecutor>> work_;
  std::vector<std::jthread> threads_;
};

backend::Settings settings_of(const WorkerCommand& wanted) {
  backend::Settings settings = read_settings();
  settings.job_worker = backend::Settings::JobWorker::on;
  if (wanted.concurrency) settings.job_concurrency = *wanted.concurrency;
  if (!wanted.queues.empty()) settings.job_queues = wanted.queues;
  return settings;
}

}  // namespace

int work(const WorkerCommand& wanted) {
  Signals signals;
  backend::Settings settings = settings_of(wanted);
  SystemClock clock;
  SystemRandom random;
  log::Logger logger(settings.log, clock);
  WorkerLoops loops(settings.loops == 0 ? std::max(1U, std::thread::hardware_concurrency()) : settings.loops);
  sql::OpenOptions database_options = settings.database;
  database_options.postgres.log = &logger;
  const auto database = std::make_unique<sql::LoggedDatabase>(open_database(settings, database_options), logger);
  const auto replicas = make_replicas(settings, *database, database_options, logger);
  if (const auto mismatch = value_or_exit(backend::schema_mismatch(*database, clock)))
    refuse(*mismatch, "ashlar migrate up");
  const auto redis = make_redis(settings, logger);
  if (settings.stage != backend::Stage::production) backend::fill_development_secrets(settings, random);
  {
    backend::Application application(settings, {.clock = clock,
                                                .random = random,
                                                .logger = logger,
                                                .database = *database,
                                                .replicas = replicas.get(),
                                                .redis = redis.get()});
    if (redis) redis->start(loops.all());
    application.start(loops.all());
    loops.run();
    logger.info("running jobs", {{"version", backend::version()}, {"concurrency", settings.job_concurrency}});
    while (signals.wait() == SIGHUP) {
    }
    signals.release_stop();
    logger.info("stopping");
    loops.stop();
    application.close();
    if (redis) redis->close();
    database->close();
  }
  logger.info("stopped");
  return exit_ok;
}

}  // namespace ashlar::cli
