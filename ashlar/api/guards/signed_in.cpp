// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"
#include "ashlar/api/guard.hpp"

namespace ashlar::api {

namespace {

class SignedIn final : public GuardRule {
 public:
  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject*) const override {
    return {call.principal() == nullptr ? Verdict::unauthenticated : Verdict::allowed, text()};
  }
  [[nodiscard]] std::string_view text() const override { return "signed in"; }
  [[nodiscard]] GuardDescription description() const override { return {}; }
};

}  // namespace

Guard signed_in() { return Guard(std::make_shared<SignedIn>()); }

}  // namespace ashlar::api
