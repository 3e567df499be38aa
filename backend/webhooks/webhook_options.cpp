// SPDX-License-Identifier: Apache-2.0
#include "backend/webhooks/webhook_options.hpp"

#include "ashlar/config/environment.hpp"

namespace ashlar::backend {

using namespace std::chrono_literals;

WebhookOptions read_webhook_options(config::Environment& env, PlainHttp plain_http) {
  WebhookOptions out;
  out.sender.plain_http = plain_http;
  out.sender.attempt_time_max = env.duration("WEBHOOK_TIMEOUT", out.sender.attempt_time_max, 1s, 60s);
  if (auto policy = http::EgressPolicy::parse(env.list("EGRESS_ALLOW"))) {
    out.sender.egress = std::move(*policy);
  } else {
    env.fault("EGRESS_ALLOW", policy.error().message());
  }
  out.endpoints_max = env.integer("WEBHOOK_ENDPOINTS_MAX", out.endpoints_max, 1, 100'000);
  out.deliveries_kept = std::chrono::ceil<std::chrono::hours>(
      env.duration("WEBHOOK_DELIVERIES_KEPT", out.deliveries_kept, 1h, 10 * 365 * 24h));
  return out;
}

}  // namespace ashlar::backend
