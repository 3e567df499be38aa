// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/schema/composites.hpp"
#include "ashlar/schema/constraints.hpp"
#include "ashlar/sql/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

// Rates: how many jobs began in each second of the last minute, in job_queues. So at most the rate begins in any 60 s.
namespace ashlar::jobs::detail {

struct StartsOfSecond {
  std::int64_t second = 0;
  std::int64_t count = 0;
};
ASHLAR_DESCRIBE(StartsOfSecond, second, count)

struct Starts {
  std::vector<StartsOfSecond> recent;

  [[nodiscard]] std::int64_t room(std::int64_t rate_per_minute) const;
  void add(Timestamp now, std::int64_t count);
};

[[nodiscard]] Starts recent_starts(const std::string& json, Timestamp now);

// The caller holds a lock that orders the users of the name.
Task<Result<Starts>> find_starts(sql::Transaction& tx, std::string name, Timestamp now);
Task<Result<>> put_starts(sql::Transaction& tx, std::string name, Starts starts, Timestamp now);

}  // namespace ashlar::jobs::detail
