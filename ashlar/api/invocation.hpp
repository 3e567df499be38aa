// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"
#include "ashlar/api/endpoint.hpp"
#include "ashlar/api/rate_limit.hpp"
#include "ashlar/api/transport.hpp"
#include "ashlar/auth/permission.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::api {

class HeavyLane;
class Step;

// A rate limit of an endpoint, with the number that identifies it in a store that several processes share.
struct PreparedLimit {
  RateLimit limit;
  std::uint64_t number = 0;
};

// Who is counted when `call` takes a share of the limit.
[[nodiscard]] RateLimitKey rate_limit_key(const PreparedLimit& prepared, const Call& call);

// An endpoint as the Api prepared it at start. Immutable.
struct PreparedEndpoint {
  const Endpoint* endpoint = nullptr;
  std::size_t index = 0;  // among the Api's endpoints
  std::optional<Guard> guard;
  std::vector<const Step*> steps;         // that its calls pass, in order
  std::vector<PreparedLimit> by_client;   // counted before the caller is authenticated
  std::vector<PreparedLimit> by_caller;   // counted after it
  std::chrono::milliseconds time_max{0};  // 0: no deadline
  const OwnerSource* owner_source = nullptr;
  const schema::Member* id = nullptr;  // the input's member `Uuid id`; null: it has none
  enum class Caller : std::uint8_t { any, user } caller = Caller::any;  // user: the guard promises a signed-in one
  std::vector<auth::Permission> api_key_permissions;  // one of which an API key must have; empty: keys are refused
  HeavyLane* heavy_lane = nullptr;                    // where a call can be heavy
};

// One call on its way through invoke(): what it is made of, and what the steps found out. What it refers to outlives
// the call. It moves from the transport's stack into invoke()'s frame when something has to be awaited.
struct Invocation {
  const PreparedEndpoint& endpoint;
  Call& call;
  Transport& transport;
  InputSource& input;
  ReplySink& reply;
  const Clock::Steady began;  // when the transport took the call

  std::size_t step = 0;            // of endpoint.steps: the next one
  std::size_t limits_counted = 0;  // of the limits of the step that runs
  std::unique_ptr<Error> credential_refusal = nullptr;
  Ruling ruling = {};  // the guard's
};

}  // namespace ashlar::api
