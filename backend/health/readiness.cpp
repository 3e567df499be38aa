// SPDX-License-Identifier: Apache-2.0
#include "backend/health/readiness.hpp"

namespace ashlar::backend {

Task<std::vector<std::string>> Readiness::missing() {
  std::vector<std::string> out;
  if (draining_) out.emplace_back("draining");
  if (auto answered = co_await database_.ping(database_time_max); !answered) out.emplace_back("database");
  co_return out;
}

}  // namespace ashlar::backend
