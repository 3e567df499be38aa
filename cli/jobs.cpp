// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/system_call.hpp"
#include "ashlar/jobs/admin.hpp"
#include "ashlar/jobs/doorbell.hpp"
#include "ashlar/schema/json.hpp"
#include "cli/command_context.hpp"
#include "cli/commands.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace ashlar::cli {

namespace {

// The administration of jobs on the database of the settings. Workers learn of changes at their next poll, or at once
// on PostgreSQL.
struct JobCommand {
  JobCommand() {
    context.require_current_schema();
    units.emplace(*context.database, api::UnitOptions{});
    const auto& settings = context.settings;
    const std::string& direct = settings.database.postgres.direct_url;
    doorbell = context.database->dialect() == sql::Dialect::postgres
                   ? jobs::postgres_doorbell(*context.database, direct.empty() ? settings.database_url : direct)
                   : std::make_unique<jobs::LocalDoorbell>();
    admin.emplace(*units, *doorbell, context.clock);
  }

  CommandContext context;
  std::optional<api::Units> units;
  std::unique_ptr<jobs::Doorbell> doorbell;
  std::optional<jobs::JobAdmin> admin;
};

template <class T>
void print_json(const T& value) {
  std::puts(schema::to_json(value).c_str());
}

Uuid id_or_exit(const std::string& text) {
  const auto id = Uuid::parse(text);
  if (!id) throw ExitError(exit_usage, "\"" + text + "\" is not the id of a job.");
  return *id;
}

void print_jobs(const std::vector<jobs::JobView>& all) {
  Table table({"ID", "KIND", "QUEUE", "STATUS", "ATTEMPT", "RUN AT", "ERROR"});
  for (const jobs::JobView& job : all) {
    table.add({job.id.to_string(), job.kind, job.queue, std::string(jobs::to_string(job.status)),
               std::to_string(job.attempt) + "/" + std::to_string(job.attempts_max), job.run_at.to_string(),
               job.error.value_or("")});
  }
  table.print();
}

int print_one(const jobs::JobView& job, Output output) {
  if (output == Output::json) {
    print_json(job);
  } else {
    print_jobs({job});
  }
  return exit_ok;
}

}  // namespace

int jobs_list(const JobList& wanted) {
  JobCommand command;
  jobs::JobFilter filter{.queue = wanted.queue, .kind = wanted.kind};
  if (!wanted.status.empty()) {
    for (const auto status : {jobs::Status::waiting, jobs::Status::scheduled, jobs::Status::running,
                              jobs::Status::failed, jobs::Status::done, jobs::Status::cancelled, jobs::Status::dead}) {
      if (jobs::to_string(status) == wanted.status) filter.status = status;
    }
  }
  const auto all = command.context.loop.run_or_exit(command.admin->list(filter, wanted.limit, 0));
  if (wanted.output == Output::json) {
    print_json(all);
  } else {
    print_jobs(all);
  }
  return exit_ok;
}

int jobs_retry(const std::string& id, Output output) {
  JobCommand command;
  api::SystemCall call({&command.context.clock, &command.context.random, &command.context.logger}, "ashlar jobs");
  return print_one(command.context.loop.run_or_exit(command.admin->retry(call, id_or_exit(id))), output);
}

int jobs_cancel(const std::string& id, Output output) {
  JobCommand command;
  api::SystemCall call({&command.context.clock, &command.context.random, &command.context.logger}, "ashlar jobs");
  return print_one(command.context.loop.run_or_exit(command.admin->cancel(call, id_or_exit(id))), output);
}

int jobs_queues(const QueueCommand& wanted) {
  JobCommand command;
  if (!wanted.name.empty()) {
    using Paused = jobs::QueueChange::Paused;
    jobs::QueueChange change{.concurrency = wanted.concurrency, .rate_per_minute = wanted.rate_per_minute};
    if (wanted.state == QueueCommand::State::pause) change.paused = Paused::yes;
    if (wanted.state == QueueCommand::State::resume) change.paused = Paused::no;
    api::SystemCall call({&command.context.clock, &command.context.random, &command.context.logger}, "ashlar jobs");
    (void)command.context.loop.run_or_exit(command.admin->change_queue(call, wanted.name, change));
  }
  const auto queues = command.context.loop.run_or_exit(command.admin->queues());
  if (wanted.output == Output::json) {
    print_json(queues);
    return exit_ok;
  }
  Table table(
      {"QUEUE", "STATE", "WAITING", "SCHEDULED", "RUNNING", "FAILED", "DEAD", "OLDEST", "CONCURRENCY", "PER MINUTE"});
  const auto limit = [](std::int64_t value) { return value == 0 ? std::string("-") : std::to_string(value); };
  for (const jobs::QueueView& queue : queues) {
    table.add({queue.name, queue.paused ? "paused" : "open", std::to_string(queue.waiting),
               std::to_string(queue.scheduled), std::to_string(queue.running), std::to_string(queue.failed),
               std::to_string(queue.dead), std::to_string(queue.oldest_waiting_ms / 1'000) + " s",
               limit(queue.concurrency), limit(queue.rate_per_minute)});
  }
  table.print();
  return exit_ok;
}

}  // namespace ashlar::cli
