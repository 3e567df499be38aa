// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/guard.hpp"
#include "ashlar/api/operation.hpp"
#include "ashlar/api/rate_limit.hpp"
#include "ashlar/core/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ashlar::api {

// An operation with everything that was declared about it: who may call it, how often, for how long, and how it is
// described. Every transport serves the same Endpoint; what a transport adds (a method and a path, a cookie) stays with
// the transport.
struct Endpoint {
  // Unique among the endpoints of an Api, and stable: the OpenAPI operationId, the GraphQL field, the gRPC method, the
  // name in logs. [A-Za-z][A-Za-z0-9]*
  std::string name;
  std::string declaration;  // how messages at start name it: "GET /api/users"; empty: by its name
  std::unique_ptr<Operation> operation;

  // A caller must pass all of them. An endpoint without a guard is refused at start; so is open() beside another one.
  std::vector<Guard> guards;
  // One of which an API key must have, besides what the guard demands of its account. nullopt: those that the guard
  // names; empty: no key is accepted. On an endpoint that lets anonymous callers pass, a key without one of them is an
  // anonymous caller.
  std::optional<std::vector<std::string>> api_key_permissions;
  std::vector<RateLimit> limits;                      // besides the Api's own
  std::optional<std::chrono::milliseconds> time_max;  // instead of the Api's; 0: no deadline

  // Whether calls can change anything. A read can be repeated, cached and sent to a replica.
  enum class Effect : std::uint8_t { reads, changes } effect = Effect::changes;
  // diagnostic: never refused for overload, since it shows why (metrics). essential: outside the Api's own rate limit
  // as well (health checks).
  enum class Importance : std::uint8_t { normal, diagnostic, essential } importance = Importance::normal;
  // taken: callers may name a call (Call::idempotency_key) and send it again; Units::run() makes it happen once.
  enum class Idempotency : std::uint8_t { ignored, taken } idempotency = Idempotency::ignored;

  // Whether a call with this input costs far more than others: a search, a deep page. Such calls have a lane of their
  // own, OverloadOptions::heavy_in_flight_max. Empty: none is.
  std::function<bool(const void* input)> heavy = {};

  std::string summary;            // one sentence
  std::string tag;                // the group that it is listed in
  std::vector<ErrorCode> errors;  // that the operation itself can return
};

// For Endpoint::heavy of an operation that takes an Input.
template <class Input>
std::function<bool(const void*)> heavy_when(bool (*is_heavy)(const Input&)) {
  return [is_heavy](const void* input) { return is_heavy(*static_cast<const Input*>(input)); };
}

}  // namespace ashlar::api
