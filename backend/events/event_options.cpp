// SPDX-License-Identifier: Apache-2.0
#include "backend/events/event_options.hpp"

#include "ashlar/config/environment.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t events_max = 1'000'000'000;

events::NatsCarrierOptions read_nats(config::Environment& env) {
  events::NatsCarrierOptions out;
  const auto url = env.secret("NATS_URL", {.need = config::Need::required});
  if (url) {
    out.url = *url;
    if (const auto checked = events::check_nats_url(*url); !checked) env.fault("NATS_URL", checked.error().message());
  }
  out.credentials_file = env.text("NATS_CREDENTIALS", "");
  out.ca_file = env.text("NATS_CA", out.ca_file);
  out.stream = env.text("NATS_STREAM", out.stream, 64);
  out.subject = env.text("NATS_SUBJECT", out.subject, 128);
  out.replicas = env.integer("NATS_REPLICAS", out.replicas, 1, 5);
  return out;
}

}  // namespace

EventOptions read_event_options(config::Environment& env, RedisIs redis, const std::string& key_prefix) {
  EventOptions out;
  auto& retention = out.retention;
  const auto hours = [&](const char* name, std::chrono::hours fallback, std::chrono::hours min) {
    return std::chrono::ceil<std::chrono::hours>(env.duration(name, fallback, min, 10 * 365 * 24h));
  };
  retention.age_max = hours("EVENT_RETENTION", retention.age_max, 1h);
  retention.count_max = env.integer("EVENT_RETENTION_MAX", retention.count_max, 1'000, events_max);
  retention.lagging_max = hours("EVENT_LAG_MAX", retention.lagging_max, 1h);
  const std::int64_t stream_max = env.integer("EVENT_STREAM_MAX", 1'000'000, 1'000, events_max);
  for (const std::string& carrier : env.list("EVENT_CARRIERS")) {
    if (carrier == "redis") {
      if (redis == RedisIs::absent) env.fault("EVENT_CARRIERS", "redis needs REDIS_URL");
      out.redis = {.stream = env.text("EVENT_STREAM", key_prefix + "events", 128), .length_max = stream_max};
    } else if (carrier == "nats") {
      out.nats = read_nats(env);
      out.nats->length_max = stream_max;
    } else {
      env.fault("EVENT_CARRIERS", "expected redis, nats, or both with a comma, found \"" + carrier + "\"");
    }
  }
  return out;
}

}  // namespace ashlar::backend
