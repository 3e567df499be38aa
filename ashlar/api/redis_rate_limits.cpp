// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/redis_rate_limits.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

namespace ashlar::api {

namespace {

// KEYS[1]: a client's. ARGV: the algorithm's letter, requests, window, burst, now (0: use the server's clock); times in
// microseconds, which a Lua number holds exactly. Returns the members of RateLimitDecision except the limit. State:
//   f  when the window began, how many were taken in it
//   s  the same, and how many were taken in the previous window
//   t  when the bucket is full again
// Each part has the same algorithm as in memory_rate_limits.cpp. A clock that went back (after a failover to another
// Redis) does not extend a window.
constexpr const char* source = R"lua(
local algorithm, requests, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local burst, now = tonumber(ARGV[4]), tonumber(ARGV[5])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local kept = redis.call('GET', KEYS[1])

local function keep(ends, ...)
  local words = {}
  for i, number in ipairs({...}) do words[i] = string.format('%.0f', number) end
  redis.call('SET', KEYS[1], table.concat(words, ' '), 'PX', math.max(1, math.ceil((ends - now) / 1000)))
end

if algorithm == 't' then
  local interval = math.max(1, math.floor(window / requests))
  local whole_at = now
  if kept then whole_at = math.min(math.max(tonumber(kept), now), now + burst * interval) end
  local room = burst * interval - (whole_at - now)
  if room < interval then return {0, math.floor(room / interval), whole_at - now, interval - room} end
  whole_at = whole_at + interval
  keep(whole_at, whole_at)
  return {1, math.floor((room - interval) / interval), whole_at - now, 0}
end

local at, taken, before = now, 0, 0
if kept then
  local words = {}
  for word in string.gmatch(kept, '%d+') do words[#words + 1] = tonumber(word) end
  local lasts = algorithm == 's' and 2 * window or window
  if words[1] + lasts > now then at, taken, before = math.min(words[1], now), words[2], words[3] or 0 end
end

if algorithm == 'f' then
  local left = at + window - now
  if taken >= requests then return {0, 0, left, left} end
  keep(at + window, at, taken + 1)
  return {1, requests - taken - 1, left, 0}
end

local length = window / 1000
local elapsed = math.floor((now - at) / 1000)
local turned = elapsed >= length
if turned then
  before, taken = taken, 0
  at, elapsed = at + window, elapsed - length
end
local weight = before * (length - elapsed)
local allowed = weight + (taken + 1) * length <= requests * length
if allowed then taken = taken + 1 end
if allowed or turned then keep(at + 2 * window, at, taken, before) end
local retry = 0
if not allowed and taken < requests then
  retry = length - math.floor((requests - taken - 1) * length / before) - elapsed
elseif not allowed then
  retry = length - elapsed + math.ceil(length / requests)
end
local reset = taken > 0 and 2 * length - elapsed or before > 0 and length - elapsed or 0
local remaining = math.max(0, requests - taken - math.ceil(weight / length))
return {allowed and 1 or 0, remaining, reset * 1000, retry * 1000}
)lua";

// The same keys and arguments. A key whose count becomes zero is deleted; otherwise its expiry is unchanged.
constexpr const char* give_back_source = R"lua(
local kept = redis.call('GET', KEYS[1])
if not kept then return 0 end
local algorithm, requests, window, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])
if algorithm == 't' then
  if now == 0 then
    local time = redis.call('TIME')
    now = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  local whole_at = tonumber(kept) - math.max(1, math.floor(window / requests))
  if whole_at <= now then return redis.call('DEL', KEYS[1]) end
  redis.call('SET', KEYS[1], string.format('%.0f', whole_at), 'PX', math.max(1, math.ceil((whole_at - now) / 1000)))
  return 1
end
local words = {}
for word in string.gmatch(kept, '%d+') do words[#words + 1] = word end
local taken = math.max(0, tonumber(words[2]) - 1)
if taken == 0 and tonumber(words[3] or '0') == 0 then return redis.call('DEL', KEYS[1]) end
words[2] = string.format('%.0f', taken)
redis.call('SET', KEYS[1], table.concat(words, ' '), 'KEEPTTL')
return 1
)lua";

std::string_view letter_of(RateLimit::Algorithm algorithm) {
  switch (algorithm) {
    case RateLimit::Algorithm::fixed_window:
      return "f";
    case RateLimit::Algorithm::sliding_window:
      return "s";
    case RateLimit::Algorithm::token_bucket:
      return "t";
  }
  return "f";
}

// Separates the state of different algorithms and windows, which a new version may introduce.
std::string key_text(const std::string& prefix, const RateLimitKey& key, const RateLimit& limit) {
  std::array<char, 64> numbers{};
  const int length = std::snprintf(
      numbers.data(), numbers.size(), "%016llx:%016llx%016llx", static_cast<unsigned long long>(key.limit),
      static_cast<unsigned long long>(key.client_high), static_cast<unsigned long long>(key.client_low));
  return prefix + "limit:" + std::string(letter_of(limit.algorithm)) + std::to_string(limit.window.count()) + ":" +
         std::string(numbers.data(), static_cast<std::size_t>(length));
}

std::chrono::seconds seconds_up(std::int64_t microseconds) {
  return std::chrono::ceil<std::chrono::seconds>(std::chrono::microseconds(std::max<std::int64_t>(0, microseconds)));
}

}  // namespace

RedisRateLimits::RedisRateLimits(redis::Clients& clients, RedisRateLimitOptions options)
    : clients_(clients),
      options_(std::move(options)),
      script_(source),
      give_back_(give_back_source),
      local_(options_.local_clients_max) {}

std::vector<std::string> RedisRateLimits::arguments_of(const RateLimit& limit, Clock::Steady now) const {
  const std::uint32_t burst = limit.burst == 0 ? limit.requests : limit.burst;
  const auto window = std::chrono::microseconds(limit.window).count();
  const auto at = options_.time == RedisRateLimitOptions::Time::redis
                      ? 0
                      : std::chrono::floor<std::chrono::microseconds>(now.time_since_epoch()).count();
  return {std::string(letter_of(limit.algorithm)), std::to_string(limit.requests), std::to_string(window),
          std::to_string(burst), std::to_string(at)};
}

Task<> RedisRateLimits::give_back(RateLimitKey key, const RateLimit& limit, Clock::Steady now) {
  std::vector<std::string> keys = {key_text(options_.key_prefix, key, limit)};
  const auto reply = co_await give_back_.run(clients_, std::move(keys), arguments_of(limit, now));
  if (!reply) local_.put_back(key, limit, now);
}

Task<RateLimitDecision> RedisRateLimits::take_later(RateLimitKey key, const RateLimit& limit, Clock::Steady now) {
  std::vector<std::string> keys = {key_text(options_.key_prefix, key, limit)};
  std::vector<std::string> arguments = arguments_of(limit, now);
  const auto reply = co_await script_.run(clients_, std::move(keys), std::move(arguments));
  if (!reply || reply->items.size() != 4) {
    decided_locally_.fetch_add(1, std::memory_order_relaxed);
    co_return local_.take(key, limit, now);
  }
  const auto& items = reply->items;
  co_return RateLimitDecision{
      .allowed = items[0].integer == 1,
      .limit = limit.algorithm == RateLimit::Algorithm::token_bucket && limit.burst != 0 ? limit.burst : limit.requests,
      .remaining = static_cast<std::uint32_t>(std::clamp<std::int64_t>(items[1].integer, 0, UINT32_MAX)),
      .reset_after = seconds_up(items[2].integer),
      .retry_after = seconds_up(items[3].integer)};
}

void add_metrics(observe::MetricSources& sources, const RedisRateLimits& limits) {
  sources.add({.name = "ashlar_rate_limits_local_total",
               .type = observe::MetricType::counter,
               .help = "Decisions of rate limits without Redis, because it was unreachable.",
               .value = [&limits] { return static_cast<double>(limits.decided_locally()); }});
}

}  // namespace ashlar::api
