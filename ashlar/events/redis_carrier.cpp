// SPDX-License-Identifier: Apache-2.0
#include "ashlar/events/redis_carrier.hpp"

#include "ashlar/redis/clients.hpp"

#include <utility>

namespace ashlar::events {

namespace {

// KEYS: the stream. ARGV: its length, then seven values of each event. The type is checked before the first entry is
// added, since a script that fails keeps what it has done.
constexpr const char* add_script = R"(
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'stream' then return redis.error_reply('WRONGTYPE the key holds no stream') end
for i = 2, #ARGV, 7 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'id', ARGV[i], 'sequence', ARGV[i + 1], 'type', ARGV[i + 2],
             'at', ARGV[i + 3], 'key', ARGV[i + 4], 'actor', ARGV[i + 5], 'data', ARGV[i + 6])
end
return (#ARGV - 1) / 7)";

}  // namespace

RedisCarrier::RedisCarrier(redis::Clients& clients, RedisCarrierOptions options)
    : clients_(clients), options_(std::move(options)), add_(add_script) {}

Task<Result<>> RedisCarrier::send(std::vector<Event> events) {
  if (events.empty()) co_return Result<>{};
  std::vector<std::string> arguments{std::to_string(options_.length_max)};
  for (Event& event : events) {
    arguments.push_back(event.id.to_string());
    arguments.push_back(std::to_string(event.sequence));
    arguments.push_back(std::move(event.type));
    arguments.push_back(event.at.to_string());
    arguments.push_back(std::move(event.key));
    arguments.push_back(event.actor ? schema::to_json(*event.actor) : "");
    arguments.push_back(event.data.text());
  }
  auto added = co_await add_.run(clients_, {options_.stream}, std::move(arguments));
  if (added) co_return Result<>{};
  const Error& error = added.error();
  if (error.code() == redis::errors::refused)
    co_return std::unexpected(Error(errors::carrier_refused, "Redis refused events.").with_cause(error.cause()));
  co_return std::unexpected(
      Error(errors::carrier_unavailable, "Redis is unreachable.").with_cause(std::string(error.code().name)));
}

}  // namespace ashlar::events
