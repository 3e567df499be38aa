// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/redis/script.hpp"

namespace ashlar::cache::detail {

// What RedisLevel has Redis do. Each begins with KEYS: the value, its lease.
struct RedisScripts {
  RedisScripts();

  // ARGV: prefix of tags, type or "", token or "" when no lease is wanted, its ms, ms of tags, tags...
  // Gives: fresh, stale and error (ms left), JSON or nil; lease (0 or 1), a token for each tag. The first four are nil
  // when there is nothing to be found.
  redis::Script ask;
  // ARGV: prefix of tags, token, type, fresh, stale, error (ms), "1" when there is a value, JSON, tag, its token, ...
  // Gives 1, or 0 when the lease was over.
  redis::Script put;
  // ARGV: token.
  redis::Script release;
  // ARGV: prefix of tags, token, type, fresh, stale, error, "1" or "0", JSON, ms of tags, channel, message, tags...
  // Gives how many heard the message.
  redis::Script set;
  // ARGV: prefix, channel, message, number of keys, keys..., tags...
  // Gives how many heard the message.
  redis::Script forget;
};

}  // namespace ashlar::cache::detail
