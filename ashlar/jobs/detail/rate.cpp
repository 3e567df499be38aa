// SPDX-License-Identifier: Apache-2.0
#include "ashlar/jobs/detail/rate.hpp"

#include "ashlar/schema/json.hpp"
#include "ashlar/sql/raw.hpp"

#include <algorithm>

namespace ashlar::jobs::detail {

namespace {

constexpr sql::RawSql find_row{"select starts from job_queues where name = $1"};
constexpr sql::RawSql put_row{
    "insert into job_queues (name, paused, concurrency, rate_per_minute, starts, used_at) values ($1, $2, 0, 0, $3, "
    "$4) "
    "on conflict (name) do update set starts = excluded.starts, used_at = excluded.used_at"};

}  // namespace

std::int64_t Starts::room(std::int64_t rate_per_minute) const {
  std::int64_t begun = 0;
  for (const StartsOfSecond& each : recent) begun += each.count;
  return std::max<std::int64_t>(rate_per_minute - begun, 0);
}

void Starts::add(Timestamp now, std::int64_t count) {
  if (recent.empty() || recent.back().second != now.seconds()) recent.push_back({.second = now.seconds(), .count = 0});
  recent.back().count += count;
}

// A second counts until a whole minute has passed since its end.
Starts recent_starts(const std::string& json, Timestamp now) {
  Starts out;
  auto stored = schema::read_json<std::vector<StartsOfSecond>>(json);
  if (stored) out.recent = std::move(*stored);
  std::erase_if(out.recent, [&](const StartsOfSecond& each) { return each.second + 60 < now.seconds(); });
  return out;
}

Task<Result<Starts>> find_starts(sql::Transaction& tx, std::string name, Timestamp now) {
  const auto json = co_await unwrap(sql::raw<std::string>(find_row, name).writing().one(tx));
  co_return recent_starts(json.value_or("[]"), now);
}

Task<Result<>> put_starts(sql::Transaction& tx, std::string name, Starts starts, Timestamp now) {
  co_await unwrap(sql::execute(tx, put_row, name, false, schema::to_json(starts.recent), now));
  co_return Result<>{};
}

}  // namespace ashlar::jobs::detail
