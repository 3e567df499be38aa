// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/call.hpp"

#include "ashlar/jobs/detail/attempt.hpp"
#include "ashlar/sql/raw.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::jobs {

namespace {

constexpr std::size_t step_name_bytes_max = 100;

// The lock keeps a rescue and another attempt's end from passing the step's commit.
constexpr sql::RawSql own_sqlite{"select attempt from jobs where seq = $1 and attempt = $2 and state = 'running'"};
constexpr sql::RawSql own_postgres{
    "select attempt from jobs where seq = $1 and attempt = $2 and state = 'running' for share"};

}  // namespace

Uuid JobCall::job_id() const { return attempt_.job.id; }
int JobCall::attempt() const { return static_cast<int>(attempt_.job.attempt); }
int JobCall::attempts_max() const { return static_cast<int>(attempt_.job.attempts_max); }
std::string_view JobCall::queue() const { return attempt_.job.queue; }
Timestamp JobCall::enqueued_at() const { return attempt_.job.created_at; }
std::optional<Uuid> JobCall::batch() const { return attempt_.job.batch; }

std::unexpected<Error> JobCall::give_up(std::unexpected<Error> error) {
  attempt_.is_final = true;
  return error;
}

void JobCall::set_retry_delay(std::chrono::milliseconds delay) { attempt_.retry_delay = delay; }

void JobCall::progress(int percent, std::string note) {
  attempt_.set_progress({.percent = std::clamp(percent, 0, 100), .note = std::move(note)});
}

const std::string* JobCall::find_step(std::string_view name) {
  if (name.empty() || name.size() > step_name_bytes_max)
    throw std::logic_error("the name of a step has 1 to 100 bytes");
  const auto& declared = attempt_.kind->steps;
  if (!declared.empty() && std::ranges::find(declared, name) == declared.end()) {
    attempt_.is_final = true;
    throw std::logic_error("the kind " + attempt_.kind->name + " does not declare the step " + std::string(name));
  }
  const auto found = std::ranges::find(attempt_.steps, name, &detail::StoredStep::name);
  return found == attempt_.steps.end() ? nullptr : &found->result;
}

void JobCall::keep_step(std::string name, std::string json) {
  attempt_.steps.push_back({.name = std::move(name), .result = std::move(json)});
}

api::Units& JobCall::units() { return attempt_.units; }

Task<Result<>> JobCall::own(api::UnitOfWork& unit) {
  const auto& text = unit.dialect() == sql::Dialect::postgres ? own_postgres : own_sqlite;
  const auto owned =
      co_await unwrap(sql::raw<std::int64_t>(text, attempt_.job.seq, attempt_.job.attempt).writing().one(unit));
  if (!owned) co_return fail(errors::superseded, "Another attempt owns this job.");
  co_return Result<>{};
}

void JobCall::collect_step(api::UnitOfWork& unit, const std::string& name, std::string json) {
  unit.insert_at_commit(JobStepRow{.job_id = attempt_.job.id, .name = name, .result = std::move(json)});
}

Task<Result<>> JobCall::store_outside(api::UnitOfWork& unit, JobCall* call, std::string name, std::string json) {
  co_await unwrap(call->own(unit));
  call->collect_step(unit, name, std::move(json));
  co_return Result<>{};
}

}  // namespace ashlar::jobs
