// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/auth/authority.hpp"

namespace ashlar::api {

namespace {

class Fresh final : public GuardRule {
 public:
  explicit Fresh(std::chrono::seconds sign_in_age_max)
      : sign_in_age_max_(sign_in_age_max), text_("sign-in within " + std::to_string(sign_in_age_max.count()) + " s") {}

  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject*) const override {
    const auth::Principal* caller = call.principal();
    if (caller == nullptr) return {.verdict = Verdict::unauthenticated, .because = text_};
    if (auth::is_fresh(caller->auth_time, sign_in_age_max_, call.now()))
      return {.verdict = Verdict::allowed, .because = text_};
    return {.verdict = Verdict::stale, .because = text_, .sign_in_age_max = sign_in_age_max_};
  }
  [[nodiscard]] std::string_view text() const override { return text_; }
  [[nodiscard]] GuardDescription description() const override { return {.sign_in_age_max = sign_in_age_max_}; }
  [[nodiscard]] std::string validate() const override {
    return sign_in_age_max_ > std::chrono::seconds::zero() ? "" : "has no positive maximum age of the sign-in";
  }

 private:
  const std::chrono::seconds sign_in_age_max_;
  const std::string text_;
};

}  // namespace

Guard fresh(std::chrono::seconds sign_in_age_max) { return Guard(std::make_shared<Fresh>(sign_in_age_max)); }

}  // namespace ashlar::api
