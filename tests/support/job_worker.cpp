// SPDX-License-Identifier: Apache-2.0
// job_worker DATABASE_URL: runs the jobs of ashlar/jobs/crash_test.cpp until it is killed.
#include "ashlar/jobs/conformance/job_program.hpp"
#include "ashlar/jobs/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  using namespace ashlar::jobs;
  if (argc != 2) return 64;
  JobProgram program(argv[1]);
  Worker worker(
      {.table = program.table, .enqueuer = program.enqueuer, .doorbell = program.doorbell, .units = *program.units},
      program.environment, {.concurrency = 8, .poll_interval = 20ms, .heartbeat_interval = 100ms, .lease = 1'500ms});
  worker.start({&program.loop});
  const auto work = boost::asio::make_work_guard(program.loop);
  std::puts("the worker runs");
  std::fflush(stdout);
  program.loop.run();
}
