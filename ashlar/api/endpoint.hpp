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

// An operation with its declarations: who may call it, how often, for how long, and its description. Every transport
// serves the same Endpoint; what is specific to a transport (a method and a path, a cookie) stays in the transport.
struct Endpoint {
  // Unique among the endpoints of an Api, and stable: the OpenAPI operationId, the GraphQL field, the gRPC method, the
  // name in logs. [A-Za-z][A-Za-z0-9]*
  std::string name;
  std::string declaration;  // its name in start-up messages: "GET /api/users"; empty: `name`
  std::unique_ptr<Operation> operation;

  // A caller must pass all of them. The start refuses an endpoint without a guard, and open() together with another
  // guard.
  std::vector<Guard> guards;
  // An API key must have one of these permissions, in addition to what the guard requires of its account. nullopt:
  // those that the guard names; empty: no key is accepted. On an endpoint that lets anonymous callers pass, a key
  // without one of them makes the caller anonymous.
  std::optional<std::vector<std::string>> api_key_permissions;
  std::vector<RateLimit> limits;                      // in addition to the Api's own
  std::optional<std::chrono::milliseconds> time_max;  // instead of the Api's; 0: no deadline

  // Whether calls can change state. A read can be repeated, cached and sent to a replica.
  enum class Effect : std::uint8_t { reads, changes } effect = Effect::changes;
  // diagnostic: never refused for overload, since it helps to diagnose it (metrics). essential: also exempt from the
  // Api's own rate limit (health checks).
  enum class Importance : std::uint8_t { normal, diagnostic, essential } importance = Importance::normal;
  // taken: callers may send an idempotency key (Call::idempotency_key) and retry; Units::run() executes the call once.
  enum class Idempotency : std::uint8_t { ignored, taken } idempotency = Idempotency::ignored;

  // Whether a call with this input is far more expensive than others: a search, a deep page. Such calls share a
  // separate limit, OverloadOptions::heavy_in_flight_max. Empty: no call is heavy.
  std::function<bool(const void* input)> heavy = {};

  // Whether programs that act for language models may find and call it (ashlar/mcp).
  enum class Tool : std::uint8_t { no, yes } tool = Tool::no;

  std::string summary;            // one sentence
  std::string tag;                // the group under which it is listed
  std::vector<ErrorCode> errors;  // that the operation itself returns
};

// For Endpoint::heavy of an operation with an Input.
template <class Input>
std::function<bool(const void*)> heavy_when(bool (*is_heavy)(const Input&)) {
  return [is_heavy](const void* input) { return is_heavy(*static_cast<const Input*>(input)); };
}

}  // namespace ashlar::api
