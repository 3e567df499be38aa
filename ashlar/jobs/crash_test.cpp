// SPDX-License-Identifier: Apache-2.0
// Workers that end with SIGKILL at random: no job is lost, and the rows of each job's step are there once.
// ASHLAR_TEST_JOBS and ASHLAR_TEST_JOB_KILLS of the environment say how many jobs there are and how often a worker is
// killed.
#include "ashlar/api/system_call.hpp"
#include "ashlar/async/task_scope.hpp"
#include "ashlar/jobs/conformance/job_program.hpp"
#include "ashlar/jobs/rows.hpp"
#include "ashlar/sql/model.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/process.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <thread>

namespace ashlar::jobs {
namespace {

using namespace std::chrono_literals;

int number_or(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoi(text);
}

class Workers {
 public:
  Workers(std::string url, std::size_t count) : url_(std::move(url)), processes_(count) {
    for (auto& process : processes_) start(process);
  }
  void kill_one(std::size_t number) {
    auto& process = processes_[number % processes_.size()];
    process->signal(SIGKILL);
    (void)process->wait();
    start(process);
  }

 private:
  void start(std::optional<test::Process>& process) {
    process.emplace(test::Command{.words = {ASHLAR_JOB_WORKER, url_}, .folder = std::filesystem::current_path()});
    process->wait_for("the worker runs");
  }
  const std::string url_;
  std::vector<std::optional<test::Process>> processes_;
};

std::int64_t count(sql::Database& database, const std::string& of) {
  std::int64_t out = -1;
  const auto read = database.query_blocking(
      {.sql = "select count(*) from " + of, .on_row = [&](const sql::Row& row) { out = row.integer(0); }});
  EXPECT_TRUE(read) << read.error().cause();
  return out;
}

Task<Result<>> enqueue(api::UnitOfWork& unit, const Enqueuer* enqueuer, int jobs) {
  for (int i = 0; i < jobs; ++i) enqueuer->enqueue(unit, Steps{"n" + std::to_string(i)});
  co_return Result<>{};
}

class JobCrash : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(On, JobCrash, testing::Values(false, true),
                         [](const auto& each) { return each.param ? "Postgres" : "Sqlite"; });

TEST_P(JobCrash, LosesNoJobAndRepeatsNoStep) {
  const int jobs = number_or("ASHLAR_TEST_JOBS", 300);
  const int kills = number_or("ASHLAR_TEST_JOB_KILLS", 5);
  const test::TemporaryFolder folder;
  const std::string url =
      GetParam() ? tests::PostgresServer::shared().new_database() : "sqlite:" + (folder.path() / "jobs.db").string();
  JobProgram program(url);
  const std::vector<sql::TableModel> models{sql::model_of<JobRow>(),       sql::model_of<JobHistoryRow>(),
                                            sql::model_of<JobStepRow>(),   sql::model_of<JobKeyRow>(),
                                            sql::model_of<JobQueueRow>(),  sql::model_of<JobScheduleRow>(),
                                            sql::model_of<JobWorkerRow>(), sql::model_of<ChargedRow>()};
  ASSERT_TRUE(program.database->run_script(sql::schema_script(models, program.database->dialect())));
  api::SystemCall call(program.environment, "test");
  ASSERT_TRUE(async::run_to_end(program.loop, program.units->run(call, &enqueue, &program.enqueuer, jobs)));

  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  {
    Workers workers(url, GetParam() ? 2 : 1);
    for (int kill = 0; kill < kills; ++kill) {
      // At a random number of further steps, which is anywhere in the handler of several jobs.
      const std::int64_t target = count(*program.database, "charged") + 1 + static_cast<std::int64_t>(random() % 40);
      while (count(*program.database, "charged") < std::min<std::int64_t>(target, jobs) &&
             count(*program.database, "job_history") < jobs) {
      }
      workers.kill_one(random());
    }
    const auto until = std::chrono::steady_clock::now() + 100s;
    while (count(*program.database, "job_history") < jobs && std::chrono::steady_clock::now() < until) {
    }
  }
  EXPECT_EQ(count(*program.database, "jobs"), 0);
  EXPECT_EQ(count(*program.database, "job_history where status = 'done'"), jobs);
  EXPECT_EQ(count(*program.database, "charged"), jobs);
  EXPECT_EQ(count(*program.database, "(select distinct text from charged) as each_job"), jobs);
  EXPECT_EQ(count(*program.database, "job_steps"), 0);
  program.loop.restart();
  const auto work = boost::asio::make_work_guard(program.loop);
  std::jthread runner([&] { program.loop.run(); });
  program.database->close();
  program.loop.stop();
}

}  // namespace
}  // namespace ashlar::jobs
