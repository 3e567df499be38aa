// SPDX-License-Identifier: Apache-2.0
// Jobs and queues as administrators see them, over HTTP.
#include "tests/support/test_backend.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ashlar::backend {
namespace {

using http::Method;
using test::Person;
using test::TestBackend;

class JobAdministration : public testing::Test {
 protected:
  // A job of a kind that no handler has, as a unit of work would have inserted it.
  std::string insert_job(const std::string& state) {
    const std::string id = "0193508e-7b2c-7000-8000-00000000000" + std::to_string(++jobs_);
    const bool postgres = backend.database().dialect() == sql::Dialect::postgres;
    const std::string now = postgres ? "timestamptz '2026-05-04 08:30:00Z'" : "1777883400000";
    backend.run(
        "insert into jobs (id, kind, queue, state, priority, run_at, attempt, attempts_max, retries, arguments, "
        "context, created_at, cancelled, group_concurrency, group_rate) values ('" +
        id + "', 'gone', 'mail', '" + state + "', 5, " + now + ", 0, 3, 0, '{\"a\":1}', '{}', " + now + ", " +
        (postgres ? "false" : "0") + ", 1, 0)");
    return id;
  }

  JobAdministration() { backend.run("delete from jobs"); }  // the mails of signing up

  TestBackend backend;
  Person admin = backend.admin();
  int jobs_ = 0;
};

TEST_F(JobAdministration, ListsJobsOfAStatus) {
  const std::string id = insert_job("waiting");
  (void)insert_job("scheduled");
  EXPECT_EQ(backend.as(admin, Method::get, "/api/admin/jobs?status=nothing").status, 422);
  EXPECT_EQ(backend.as(admin, Method::get, "/api/admin/jobs").at("/pagination/total"), "2");
  const auto waiting = backend.as(admin, Method::get, "/api/admin/jobs?status=waiting");
  EXPECT_EQ(waiting.at("/pagination/total"), "1");
  EXPECT_EQ(waiting.at("/data/0/id"), id);
  EXPECT_EQ(waiting.at("/data/0/status"), "waiting");
  EXPECT_EQ(waiting.at("/data/0/kind"), "gone");
  EXPECT_EQ(waiting.at("/data/0/attemptsMax"), "3");
}

TEST_F(JobAdministration, CancelsAndRetries) {
  const std::string path = "/api/admin/jobs/" + insert_job("waiting");
  EXPECT_EQ(backend.as(admin, Method::post, path + "/retry").at("/code"), "job.wrong_status");
  EXPECT_EQ(backend.as(admin, Method::post, path + "/cancel").at("/data/status"), "cancelled");
  EXPECT_EQ(backend.as(admin, Method::post, path + "/cancel").at("/code"), "job.wrong_status");
  EXPECT_EQ(backend.as(admin, Method::get, path).at("/data/status"), "cancelled");
  EXPECT_EQ(backend.as(admin, Method::post, path + "/retry").at("/data/status"), "waiting");
}

TEST_F(JobAdministration, ChangesQueues) {
  backend.run("insert into job_queues (name, paused, concurrency, rate_per_minute, starts, used_at) values ('mail', " +
              std::string(backend.database().dialect() == sql::Dialect::postgres ? "false, 0, 0, '[]', now())"
                                                                                 : "0, 0, 0, '[]', 0)"));
  (void)insert_job("waiting");
  const std::string path = "/api/admin/queues/mail";
  EXPECT_EQ(backend.as(admin, Method::patch, path, R"({"concurrency": -1})").status, 422);
  EXPECT_EQ(backend.as(admin, Method::patch, "/api/admin/queues/none", R"({"paused": true})").at("/code"),
            "job.queue_not_found");
  const auto changed =
      backend.as(admin, Method::patch, path, R"({"paused": true, "concurrency": 4, "ratePerMinute": 60})");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.at("/data/paused"), "true");
  EXPECT_EQ(changed.at("/data/concurrency"), "4");
  EXPECT_EQ(changed.at("/data/ratePerMinute"), "60");
  EXPECT_EQ(changed.at("/data/waiting"), "1");
  EXPECT_EQ(backend.as(admin, Method::patch, path, R"({"paused": false})").at("/data/concurrency"), "4");
}

}  // namespace
}  // namespace ashlar::backend
