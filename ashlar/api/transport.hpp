// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/core/error.hpp"

#include <optional>
#include <string_view>

namespace ashlar::api {

class Call;
struct Endpoint;
struct RateLimitDecision;

// The caller's credentials as received by the transport. Views into the transport's buffers.
struct Credential {
  std::string_view token{};        // an access token; empty when there is none
  std::optional<Error> refusal{};  // set for a credential of a form that the transport does not accept
};

// What invoke() needs from the transport of a call. One object per call, on the transport's frame; it outlives the
// call. Used on the call's loop only.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // a literal: "http", "in-process"
  // The target of the call, in the transport's terms, for the log: HTTP's path.
  [[nodiscard]] virtual std::string_view target() const = 0;
  // Whether the transport cancelled the call because its deadline had passed.
  [[nodiscard]] virtual bool late() const = 0;
  // Called once, after the limits that need no identity. A transport that already knows the principal sets it in the
  // Call instead; then this is not called.
  [[nodiscard]] virtual Credential credential(const Call& call) = 0;
  // A field of the call's metadata: a header field in HTTP, metadata in gRPC. Empty when there is none.
  [[nodiscard]] virtual std::string_view field(std::string_view name) const = 0;
  // Checks that only this transport can make, after the guard has let the call pass: a forged cross-site request, a
  // response format that it cannot produce.
  [[nodiscard]] virtual std::optional<Error> refuse(const Endpoint& endpoint, const Call& call) = 0;
  // A rate limit was counted; the transport may tell the caller how much remains.
  virtual void set_rate_limit(const RateLimitDecision& decision) = 0;
};

}  // namespace ashlar::api
