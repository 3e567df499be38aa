// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/script.hpp"

namespace ashlar::cache::detail {

// The Lua scripts of RedisLevel. KEYS of each begins with: the value, its lease.
struct RedisScripts {
  RedisScripts();

  // ARGV: prefix of tags, type or "", token or "" when no lease is wanted, its ms, ms of tags, tags...
  // Returns: fresh, stale and error (ms left), JSON or nil; lease (0 or 1), a token for each tag. The first four are
  // nil when nothing is found.
  redis::Script ask;
  // ARGV: prefix of tags, token, type, fresh, stale, error (ms), "1" when there is a value, JSON, tag, its token, ...
  // Returns 1, or 0 when the lease had ended.
  redis::Script put;
  // ARGV: token.
  redis::Script release;
  // ARGV: prefix of tags, token, type, fresh, stale, error, "1" or "0", JSON, ms of tags, channel, message, tags...
  // Returns the number of subscribers that received the message.
  redis::Script set;
  // ARGV: prefix, channel, message, number of keys, keys..., tags...
  // Returns the number of subscribers that received the message.
  redis::Script forget;
};

}  // namespace ashlar::cache::detail
