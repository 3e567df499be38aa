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

// A rate limit of an endpoint, with its number in a store that several processes share.
struct PreparedLimit {
  RateLimit limit;
  std::uint64_t number = 0;
};

// The key that `call` is counted under.
[[nodiscard]] RateLimitKey rate_limit_key(const PreparedLimit& prepared, const Call& call);

// An endpoint as prepared by the Api at start. Immutable.
struct PreparedEndpoint {
  const Endpoint* endpoint = nullptr;
  std::size_t index = 0;  // among the Api's endpoints
  std::optional<Guard> guard;
  std::vector<const Step*> steps;         // that its calls pass, in order
  std::vector<PreparedLimit> by_client;   // counted before authentication
  std::vector<PreparedLimit> by_caller;   // counted after authentication
  std::chrono::milliseconds time_max{0};  // 0: no deadline
  const OwnerSource* owner_source = nullptr;
  const schema::Member* id = nullptr;  // the input's member `Uuid id`; null: there is none
  enum class Caller : std::uint8_t { any, user } caller = Caller::any;  // user: the guard guarantees a signed-in caller
  std::vector<auth::Permission> api_key_permissions;  // an API key must have one of them; empty: keys are refused
  HeavyLane* heavy_lane = nullptr;                    // null: no call is heavy
};

// A call that runs through invoke(): its parts, and the results of the steps. What it refers to outlives the call. It
// moves from the transport's stack into invoke()'s frame when a step has to wait.
struct Invocation {
  const PreparedEndpoint& endpoint;
  Call& call;
  Transport& transport;
  InputSource& input;
  ReplySink& reply;
  const Clock::Steady began;  // when the transport received the call

  // exempt: the server repeats a decision by itself, which no rate limit counts.
  enum class Limits : std::uint8_t { counted, exempt } limits = Limits::counted;

  std::size_t step = 0;            // index of the next one in endpoint.steps
  std::size_t limits_counted = 0;  // of the limits of the current step
  std::unique_ptr<Error> credential_refusal = nullptr;
  Ruling ruling = {};  // the guard's
};

}  // namespace ashlar::api
