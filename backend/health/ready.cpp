// SPDX-License-Identifier: Apache-2.0
#include "backend/health/ready.hpp"

namespace ashlar::backend {

namespace {

using Outcome = Readiness::Check::Outcome;

std::string text_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "ok";
    case Outcome::degraded:
      return "degraded";
    case Outcome::failed:
      break;
  }
  return "failed";
}

}  // namespace

Task<Result<api::Bare<ReadinessReport>>> ready(api::Call&, Readiness& readiness) {
  api::Bare<ReadinessReport> out;
  for (const auto& [name, outcome] : co_await readiness.checks()) {
    out.value.checks.push_back({.name = name, .status = text_of(outcome)});
    if (outcome == Outcome::failed) out.value.missing.push_back(name);
  }
  if (!out.value.missing.empty()) {
    out.value.status = "unavailable";
    out.service = api::Bare<ReadinessReport>::Service::unavailable;
  }
  co_return out;
}

}  // namespace ashlar::backend
