// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/guard.hpp"

namespace ashlar::api {

namespace {

class Open final : public GuardRule {
 public:
  [[nodiscard]] Ruling decide(const Call&, const GuardedObject*) const override { return {Verdict::allowed, text()}; }
  [[nodiscard]] std::string_view text() const override { return "open"; }
  [[nodiscard]] GuardDescription description() const override { return {.identity = GuardDescription::Identity::none}; }
};

}  // namespace

Guard open() { return Guard(std::make_shared<Open>()); }

}  // namespace ashlar::api
