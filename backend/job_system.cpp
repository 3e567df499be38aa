// SPDX-License-Identifier: Apache-2.0
#include "backend/job_system.hpp"

#include "ashlar/audit/record.hpp"
#include "ashlar/jobs/metrics.hpp"

namespace ashlar::backend {

namespace {

// Redis, where there is one, wakes the workers of other instances; else PostgreSQL does. SQLite has one process.
std::unique_ptr<jobs::Doorbell> make_doorbell(const Settings& settings, sql::Database& database,
                                              redis::Clients* redis) {
  if (redis != nullptr) return jobs::redis_doorbell(*redis, settings.redis_key_prefix);
  if (database.dialect() != sql::Dialect::postgres) return std::make_unique<jobs::LocalDoorbell>();
  const std::string& direct = settings.database.postgres.direct_url;
  return jobs::postgres_doorbell(database, direct.empty() ? settings.database_url : direct);
}

jobs::WorkerOptions worker_options(const Settings& settings) {
  return {.queues = settings.job_queues,
          .concurrency = settings.job_concurrency,
          .drain_time_max = settings.stop_time_max,
          .log = {.one_in = settings.access_log_one_in, .slow = settings.access_log_slow}};
}

// The entry of what an operator did to a job or a queue.
void record_change(api::UnitOfWork& unit, const jobs::OperatorChange& change) {
  using Kind = jobs::OperatorChange::Kind;
  if (change.kind != Kind::queue_changed) {
    const std::string_view action = change.kind == Kind::retried ? "retry" : "cancel";
    return audit::record(unit, {.action = action, .resource = "job", .resource_id = change.id});
  }
  audit::ChangedFields fields;
  const auto add = [&fields](std::string_view field, auto before, auto after) {
    if (before != after) fields.add(field, schema::to_json(before), schema::to_json(after));
  };
  add("paused", change.before.paused, change.after.paused);
  add("concurrency", change.before.concurrency, change.after.concurrency);
  add("ratePerMinute", change.before.rate_per_minute, change.after.rate_per_minute);
  audit::record(unit,
                {.action = "update", .resource = "job_queue", .resource_id = change.id, .changes = fields.to_json()});
}

}  // namespace

JobSystem::JobSystem(const Settings& settings, const api::Call::Environment& environment, api::Units& units,
                     const auth::SecretBox& secrets, api::AuthoritySource& authorities, redis::Clients* redis)
    : settings_(settings),
      environment_(environment),
      units_(units),
      secrets_(secrets),
      authorities_(authorities),
      doorbell_(make_doorbell(settings, units.database(), redis)),
      enqueuer_(table_, *doorbell_, &secrets),
      admin_(units, *doorbell_, *environment.clock, &record_change) {}

void JobSystem::make_worker(observe::MetricSources& metrics) {
  worker_.emplace(jobs::Worker::Services{.table = table_,
                                         .enqueuer = enqueuer_,
                                         .doorbell = *doorbell_,
                                         .units = units_,
                                         .secrets = &secrets_,
                                         .authorities = &authorities_},
                  environment_, worker_options(settings_));
  jobs::add_metrics(metrics, *worker_, table_);
}

void JobSystem::start(const std::vector<boost::asio::io_context*>& loops) {
  if (settings_.job_worker == Settings::JobWorker::on) worker_->start(loops);
}

void JobSystem::close() { worker_->close(); }

}  // namespace ashlar::backend
