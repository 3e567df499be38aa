// SPDX-License-Identifier: Apache-2.0
#include "ashlar/cache/detail/redis_scripts.hpp"

#include <string>

namespace ashlar::cache::detail {
namespace {

const std::string now = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
)";

// A missing tag gets a new token: an evicted or invalidated tag never gets its old token again.
const std::string token_of = R"(
local function token_of(tag, made, ms)
  local token = redis.call('GET', tag)
  if not token then
    token = made
    redis.call('SET', tag, token, 'PX', ms)
  elseif redis.call('PTTL', tag) < tonumber(ms) then
    redis.call('PEXPIRE', tag, ms)
  end
  return token
end
)";

const std::string keep = R"(
local function keep(key, type, fresh, stale, error, has, json, tags)
  redis.call('DEL', key)
  local longest = math.max(fresh, stale, error)
  if longest <= 0 then return end
  redis.call('HSET', key, 'type', type, 'fresh', now + fresh, 'stale', now + stale, 'error', now + error,
             'tags', cmsgpack.pack(tags))
  if has == '1' then redis.call('HSET', key, 'json', json) end
  redis.call('PEXPIRE', key, longest)
end
)";

}  // namespace

RedisScripts::RedisScripts()
    : ask(now + token_of + R"(
local out = {false, false, false, false, 0}
local kept = redis.call('HMGET', KEYS[1], 'type', 'fresh', 'stale', 'error', 'json', 'tags')
if kept[1] then
  local tags = cmsgpack.unpack(kept[6])
  local current = true
  for i = 1, #tags, 2 do
    current = current and redis.call('GET', ARGV[1] .. tags[i]) == tags[i + 1]
  end
  if not current then
    redis.call('DEL', KEYS[1])
  elseif ARGV[2] == '' or ARGV[2] == kept[1] then
    out = {kept[2] - now, kept[3] - now, kept[4] - now, kept[5], 0}
  end
end
if ARGV[3] == '' or (out[1] and out[1] > 0) then return out end
if redis.call('SET', KEYS[2], ARGV[3], 'NX', 'PX', ARGV[4]) then
  out[5] = 1
  for i = 6, #ARGV do out[i] = token_of(ARGV[1] .. ARGV[i], ARGV[3], ARGV[5]) end
end
return out
)"),
      put(now + keep + R"(
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
local tags = {}
for i = 9, #ARGV, 2 do
  if redis.call('GET', ARGV[1] .. ARGV[i]) ~= ARGV[i + 1] then return 0 end
  tags[#tags + 1] = ARGV[i]
  tags[#tags + 1] = ARGV[i + 1]
end
keep(KEYS[1], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], tags)
return 1
)"),
      release(R"(
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1
)"),
      set(now + token_of + keep + R"(
redis.call('DEL', KEYS[2])
local tags = {}
for i = 12, #ARGV do
  tags[#tags + 1] = ARGV[i]
  tags[#tags + 1] = token_of(ARGV[1] .. ARGV[i], ARGV[2], ARGV[9])
end
keep(KEYS[1], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], tags)
return redis.call('PUBLISH', ARGV[10], ARGV[11])
)"),
      forget(R"(
local count = tonumber(ARGV[4])
for i = 5, 4 + count do redis.call('DEL', ARGV[1] .. 'v:' .. ARGV[i], ARGV[1] .. 'l:' .. ARGV[i]) end
for i = 5 + count, #ARGV do redis.call('DEL', ARGV[1] .. 't:' .. ARGV[i]) end
return redis.call('PUBLISH', ARGV[2], ARGV[3])
)") {}

}  // namespace ashlar::cache::detail
