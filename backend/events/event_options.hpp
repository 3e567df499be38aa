// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/events/nats_carrier.hpp"
#include "ashlar/events/outbox.hpp"
#include "ashlar/events/redis_carrier.hpp"

#include <optional>

namespace ashlar::config {
class Environment;
}

namespace ashlar::backend {

// The settings EVENT_* and NATS_*.
struct EventOptions {
  events::RetentionOptions retention;
  std::optional<events::RedisCarrierOptions> redis;  // EVENT_CARRIERS has "redis"
  std::optional<events::NatsCarrierOptions> nats;    // it has "nats"
};

enum class RedisIs : std::uint8_t { absent, configured };
[[nodiscard]] EventOptions read_event_options(config::Environment& env, RedisIs redis, const std::string& key_prefix);

}  // namespace ashlar::backend
