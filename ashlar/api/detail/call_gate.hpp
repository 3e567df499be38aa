// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/invocation.hpp"
#include "ashlar/api/operation.hpp"

#include <optional>

namespace ashlar::api::detail {

// The checks of an invocation that need its input or its reply: the object, its owner, the fingerprint of an idempotent
// call, and admission to the lane for heavy calls, which the gate leaves at the end.
class CallGate final : public Gate {
 public:
  explicit CallGate(Invocation& invocation);
  ~CallGate();
  CallGate(const CallGate&) = delete;
  CallGate& operator=(const CallGate&) = delete;

  // This gate, or null when the call has nothing to check.
  [[nodiscard]] Gate* if_needed() {
    const bool needed = depends_ || takes_fingerprint_ || invocation_.endpoint.heavy_lane != nullptr;
    return needed ? this : nullptr;
  }

  [[nodiscard]] bool waits() const override { return looks_up_; }
  Task<Result<>> admit(const schema::Type& type, const void* input) override;
  Result<> try_admit(const schema::Type& type, const void* input) override;
  Result<> release(const void* reply) override;

 private:
  void take_fingerprint(const schema::Type& type, const void* input);
  [[nodiscard]] Result<> decide(const Uuid* owner);
  [[nodiscard]] Result<> admit_decided(const schema::Type& type, const void* input);

  Invocation& invocation_;
  bool depends_ = false;  // on the object: on its id, and on its owner when the guard needs one
  bool looks_up_ = false;
  bool checks_reply_ = false;
  bool takes_fingerprint_ = false;
  bool in_heavy_lane_ = false;
  std::optional<Uuid> id_;  // of the input
};

}  // namespace ashlar::api::detail
