// SPDX-License-Identifier: Apache-2.0
#include "backend/health/readiness.hpp"

namespace ashlar::backend {

Task<std::vector<Readiness::Check>> Readiness::checks() {
  const auto outcome = [](bool passed) { return passed ? Check::Outcome::passed : Check::Outcome::failed; };
  std::vector<Check> out;
  out.push_back({"draining", outcome(!draining_)});
  out.push_back({"database", outcome((co_await database_.ping(database_time_max)).has_value())});
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const bool used = replicas_.figures(i).state == sql::Replicas::Figures::State::in_use;
    out.push_back({"replica " + replicas_.name(i), used ? Check::Outcome::passed : Check::Outcome::degraded});
  }
  if (redis_ != nullptr) {
    const bool answers = (co_await redis_->command({"PING"})).has_value();
    out.push_back({"redis", answers ? Check::Outcome::passed : Check::Outcome::degraded});
  }
  co_return out;
}

}  // namespace ashlar::backend
