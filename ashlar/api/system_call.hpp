// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/call.hpp"

#include <string>

namespace ashlar::api {

// A call that the program makes on its own behalf: a command of the command line, the start of the server. It has no
// principal and passes no guard: use it with units of work, not with invoke(). The environment outlives it.
class SystemCall final : private Transport {
 public:
  // `reason` is the request id in the log: "ashlar user grant".
  SystemCall(const Call::Environment& environment, std::string reason)
      : environment_(environment), reason_(std::move(reason)), call_(environment_, *this, reason_) {}

  operator Call&() { return call_; }  // NOLINT(google-explicit-constructor): usable wherever a Call is

 private:
  [[nodiscard]] std::string_view name() const override { return "system"; }
  [[nodiscard]] std::string_view target() const override { return reason_; }
  [[nodiscard]] bool late() const override { return false; }
  [[nodiscard]] Credential credential(const Call&) override { return {}; }
  [[nodiscard]] std::string_view field(std::string_view) const override { return {}; }
  [[nodiscard]] std::optional<Error> refuse(const Endpoint&, const Call&) override { return std::nullopt; }
  void set_rate_limit(const RateLimitDecision&) override {}

  const Call::Environment environment_;
  const std::string reason_;
  UserCall call_;
};

}  // namespace ashlar::api
