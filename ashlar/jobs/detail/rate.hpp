// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/timestamp.hpp"
#include "ashlar/sql/database.hpp"

#include <cstdint>
#include <string>

// Rates as token buckets in job_queues. With capacity b and r tokens a minute, at most b + r - 1 jobs begin in any 60
// s; b and r are chosen so that this is the rate.
namespace ashlar::jobs::detail {

// The tokens that a bucket has at `now`.
[[nodiscard]] double refilled(double tokens, std::int64_t rate_per_minute, std::chrono::milliseconds since);
[[nodiscard]] double bucket_capacity(std::int64_t rate_per_minute);

// How many of `wanted` jobs may begin now, by the bucket of that name, which is made where it is missing. The caller
// holds a lock that orders the users of the bucket.
Task<Result<std::int64_t>> rate_room(sql::Transaction& tx, std::string name, std::int64_t rate_per_minute,
                                     std::int64_t wanted, Timestamp now);
// Takes what began from the bucket, which rate_room() has just refilled.
Task<Result<>> take_rate(sql::Transaction& tx, std::string name, std::int64_t begun);

}  // namespace ashlar::jobs::detail
