// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/http/client/egress_policy.hpp"
#include "ashlar/webhooks/endpoint_gates.hpp"
#include "ashlar/webhooks/sender.hpp"

#include <chrono>
#include <cstdint>

namespace ashlar::config {
class Environment;
}

namespace ashlar::backend {

// WEBHOOK_TIMEOUT, EGRESS_ALLOW and what goes with them.
struct WebhookOptions {
  webhooks::SenderOptions sender;
  webhooks::GateOptions gates;
  std::int64_t endpoints_max = 1'000;
  std::chrono::hours previous_secret_time{24};  // how long a secret signs after it was replaced
  std::chrono::hours deliveries_kept{30 * 24};  // after they ended
};

using PlainHttp = webhooks::SenderOptions::PlainHttp;
[[nodiscard]] WebhookOptions read_webhook_options(config::Environment& env, PlainHttp plain_http);

}  // namespace ashlar::backend
