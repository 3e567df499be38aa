// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/auth/permission.hpp"

namespace ashlar::api {

namespace {

class Owner final : public GuardRule {
 public:
  explicit Owner(OwnerSource source) : source_(std::move(source)) {}

  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject* object) const override {
    if (call.principal() == nullptr) return {Verdict::unauthenticated, text()};
    if (object == nullptr) return {call.holds(everything_) ? Verdict::allowed : Verdict::needs_object, text()};
    const bool owns = object->owner != nullptr && call.owns(*object->owner);
    return {owns || call.holds(everything_) ? Verdict::allowed : Verdict::forbidden, text()};
  }
  [[nodiscard]] std::string_view text() const override { return "owner"; }
  [[nodiscard]] GuardDescription description() const override {
    return {.refusal = GuardDescription::Refusal::possible};
  }
  [[nodiscard]] const OwnerSource* owner_source() const override { return &source_; }

 private:
  const OwnerSource source_;
  const auth::PermissionPattern everything_ = *auth::PermissionPattern::parse("*");
};

}  // namespace

Guard owner(OwnerSource source) { return Guard(std::make_shared<Owner>(std::move(source))); }

}  // namespace ashlar::api
