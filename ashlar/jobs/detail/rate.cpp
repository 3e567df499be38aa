// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/rate.hpp"

#include "ashlar/jobs/rows.hpp"
#include "ashlar/sql/raw.hpp"

#include <algorithm>
#include <cmath>

namespace ashlar::jobs::detail {

namespace {

constexpr sql::RawSql find_bucket{
    "select name, paused, concurrency, rate_per_minute, tokens, refilled_at from job_queues where name = $1"};
constexpr sql::RawSql put_bucket{
    "insert into job_queues (name, paused, concurrency, rate_per_minute, tokens, refilled_at) values ($1, $2, 0, $3, "
    "$4, "
    "$5) on conflict (name) do update set tokens = excluded.tokens, refilled_at = excluded.refilled_at"};
constexpr sql::RawSql take_tokens{"update job_queues set tokens = tokens - $2 where name = $1"};

}  // namespace

double bucket_capacity(std::int64_t rate_per_minute) {
  return std::max(1.0, std::floor(static_cast<double>(rate_per_minute) / 60));
}

double refilled(double tokens, std::int64_t rate_per_minute, std::chrono::milliseconds since) {
  const double capacity = bucket_capacity(rate_per_minute);
  const double per_ms = (static_cast<double>(rate_per_minute) + 1 - capacity) / 60'000;
  return std::min(capacity, tokens + std::max(0.0, static_cast<double>(since.count())) * per_ms);
}

Task<Result<std::int64_t>> rate_room(sql::Transaction& tx, std::string name, std::int64_t rate_per_minute,
                                     std::int64_t wanted, Timestamp now) {
  const auto row = co_await unwrap(sql::raw<JobQueueRow>(find_bucket, name).writing().one(tx));
  const double tokens =
      row ? refilled(row->tokens, rate_per_minute, now - row->refilled_at) : bucket_capacity(rate_per_minute);
  co_await unwrap(sql::execute(tx, put_bucket, name, false, rate_per_minute, tokens, now));
  co_return std::min(wanted, static_cast<std::int64_t>(tokens));
}

Task<Result<>> take_rate(sql::Transaction& tx, std::string name, std::int64_t begun) {
  co_await unwrap(sql::execute(tx, take_tokens, name, static_cast<double>(begun)));
  co_return Result<>{};
}

}  // namespace ashlar::jobs::detail
