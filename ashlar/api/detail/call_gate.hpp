// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/api/invocation.hpp"
#include "ashlar/api/operation.hpp"

namespace ashlar::api::detail {

// The checks of one invocation that need its input or its reply: the owner, the fingerprint of an idempotent call, and
// the lane of a heavy one, which it leaves when it ends.
class CallGate final : public Gate {
 public:
  explicit CallGate(Invocation& invocation);
  ~CallGate();
  CallGate(const CallGate&) = delete;
  CallGate& operator=(const CallGate&) = delete;

  // This gate, or null where the call has nothing to check.
  [[nodiscard]] Gate* if_needed() {
    const bool needed = looks_up_ || checks_reply_ || takes_fingerprint_ || invocation_.endpoint.heavy_lane != nullptr;
    return needed ? this : nullptr;
  }

  [[nodiscard]] bool waits() const override { return looks_up_; }
  Task<Result<>> admit(const schema::Type& type, const void* input) override;
  Result<> try_admit(const schema::Type& type, const void* input) override;
  Result<> release(const void* reply) override;

 private:
  void take_fingerprint(const schema::Type& type, const void* input);
  [[nodiscard]] Result<> decide(const Uuid& owner);

  Invocation& invocation_;
  bool looks_up_ = false;
  bool checks_reply_ = false;
  bool takes_fingerprint_ = false;
  bool in_heavy_lane_ = false;
};

}  // namespace ashlar::api::detail
