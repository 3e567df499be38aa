// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/table.hpp"

#include <algorithm>
#include <stdexcept>

namespace ashlar::jobs {

namespace {

constexpr std::chrono::milliseconds timeout_default{60'000};

bool is_kind_name(std::string_view name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= 64 && name.front() >= 'a' && name.front() <= 'z' &&
         std::ranges::all_of(name, allowed);
}

// send-email: sendEmail, as operations are named.
std::string operation_name(std::string_view kind) {
  std::string out;
  bool upper = false;
  for (const char c : kind) {
    if (c == '-') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

}  // namespace

Table::Table() = default;
Table::~Table() = default;

KindBuilder& KindBuilder::guard(api::Guard guard) {
  if (kind_.access == Kind::Access::by_enqueueing) kind_.endpoint.guards.clear();
  kind_.access = Kind::Access::guarded;
  kind_.endpoint.guards.push_back(std::move(guard));
  return *this;
}

Kind& Table::emplace(std::string_view name, std::unique_ptr<api::Operation> operation) {
  if (!is_kind_name(name))
    throw std::logic_error("the job " + std::string(name) + ": a name is a letter and up to 63 of a-z, 0-9 and -");
  if (find(name) != nullptr) throw std::logic_error("the job " + std::string(name) + " is in the table twice");
  Kind& kind = *kinds_.emplace_back(std::make_unique<Kind>());
  kind.name = name;
  kind.endpoint.name = operation_name(name);
  kind.endpoint.declaration = "job " + kind.name;
  kind.endpoint.operation = std::move(operation);
  kind.endpoint.time_max = timeout_default;
  kind.endpoint.guards.push_back(api::open());
  return kind;
}

void Table::queue(std::string name, QueueLimits limits) {
  queues_.push_back({.name = std::move(name), .limits = limits});
}

const Kind* Table::find(std::string_view name) const {
  const auto found = std::ranges::find(kinds_, name, [](const auto& kind) -> std::string_view { return kind->name; });
  return found == kinds_.end() ? nullptr : found->get();
}

std::vector<NamedQueue> Table::queues() const {
  std::vector<NamedQueue> out = queues_;
  for (const auto& kind : kinds_) {
    if (std::ranges::find(out, kind->queue, &NamedQueue::name) == out.end()) out.push_back({.name = kind->queue});
  }
  return out;
}

Schedule& Table::emplace_schedule(std::string_view expression, std::string_view zone, std::string_view kind,
                                  std::string json, const EnqueueOptions& options) {
  auto parsed = CronExpression::parse(expression);
  if (!parsed) throw std::invalid_argument(parsed.error().message());
  auto loaded = TimeZone::load(zone);
  if (!loaded) throw std::invalid_argument(loaded.error().message());
  std::string name(kind);
  const auto taken = [this](const std::string& wanted) {
    return std::ranges::any_of(schedules_, [&](const auto& each) { return each->name == wanted; });
  };
  for (int number = 2; taken(name); ++number) name = std::string(kind) + "-" + std::to_string(number);
  Schedule& schedule = *schedules_.emplace_back(std::make_unique<Schedule>());
  schedule.name = std::move(name);
  schedule.kind = kind;
  schedule.json = std::move(json);
  schedule.options = options;
  schedule.expression = std::move(*parsed);
  schedule.zone = std::move(*loaded);
  return schedule;
}

}  // namespace ashlar::jobs
