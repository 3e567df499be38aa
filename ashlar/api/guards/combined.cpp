// SPDX-License-Identifier: Apache-2.0
// any_of() and all_of().
#include "ashlar/api/guard.hpp"

#include <algorithm>

namespace ashlar::api {

namespace {

class Combined final : public GuardRule {
 public:
  enum class Mode : unsigned char { any, all };

  Combined(Mode mode, std::vector<Guard> guards) : mode_(mode), guards_(std::move(guards)) {
    for (const Guard& guard : guards_) {
      if (!text_.empty()) text_ += mode_ == Mode::any ? ", or " : ", and ";
      text_ += guard.text();
      if (const OwnerSource* source = guard.owner_source()) {
        owner_source_ = source;
        ++owner_sources_;
      }
    }
  }

  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject* object) const override {
    return mode_ == Mode::any ? decide_any(call, object) : decide_all(call, object);
  }
  [[nodiscard]] std::string_view text() const override { return text_; }
  [[nodiscard]] GuardDescription description() const override;
  [[nodiscard]] const OwnerSource* owner_source() const override { return owner_source_; }
  [[nodiscard]] std::string validate() const override;

 private:
  [[nodiscard]] Ruling decide_any(const Call& call, const GuardedObject* object) const {
    Ruling best{Verdict::forbidden, text_};
    for (const Guard& guard : guards_) {
      const Ruling ruling = guard.decide(call, object);
      if (ruling.verdict == Verdict::allowed) return ruling;
      if (ruling.verdict < best.verdict) best.verdict = ruling.verdict;
      best.sign_in_age_max = std::max(best.sign_in_age_max, ruling.sign_in_age_max);  // the weakest requirement
    }
    return best;
  }
  // A certain refusal precedes the look-up of an owner. An anonymous caller is asked to sign in; a caller who is
  // forbidden in any case is not asked to sign in again.
  [[nodiscard]] Ruling decide_all(const Call& call, const GuardedObject* object) const {
    Ruling worst{Verdict::allowed, text_};
    for (const Guard& guard : guards_) {
      const Ruling ruling = guard.decide(call, object);
      if (ruling.verdict == Verdict::unauthenticated) return ruling;
      if (ruling.verdict == Verdict::stale && worst.verdict == Verdict::stale) {
        worst.sign_in_age_max = std::min(worst.sign_in_age_max, ruling.sign_in_age_max);  // which satisfies both
      } else if (ruling.verdict > worst.verdict) {
        worst = ruling;
      }
    }
    return worst;
  }

  const Mode mode_;
  const std::vector<Guard> guards_;
  std::string text_;
  const OwnerSource* owner_source_ = nullptr;
  std::size_t owner_sources_ = 0;
};

GuardDescription Combined::description() const {
  using Identity = GuardDescription::Identity;
  using Refusal = GuardDescription::Refusal;
  const bool any = mode_ == Mode::any;
  GuardDescription out{.identity = any ? Identity::required : Identity::none,
                       .refusal = any ? Refusal::possible : Refusal::never};
  for (const Guard& guard : guards_) {
    const GuardDescription one = guard.description();
    if (any && one.identity == Identity::none) out.identity = Identity::none;
    if (!any && one.identity == Identity::required) out.identity = Identity::required;
    if (any && one.refusal == Refusal::never) out.refusal = Refusal::never;
    if (!any && one.refusal == Refusal::possible) out.refusal = Refusal::possible;
    if (one.sign_in_age_max) {
      const auto known = out.sign_in_age_max.value_or(*one.sign_in_age_max);
      out.sign_in_age_max = any ? std::max(known, *one.sign_in_age_max) : std::min(known, *one.sign_in_age_max);
    }
    out.roles.insert(out.roles.end(), one.roles.begin(), one.roles.end());
    out.permissions.insert(out.permissions.end(), one.permissions.begin(), one.permissions.end());
  }
  return out;
}

std::string Combined::validate() const {
  if (guards_.empty()) return "combines no guards";
  if (owner_sources_ > 1) return "needs two owners; a guard can need one";
  for (const Guard& guard : guards_) {
    if (auto wrong = guard.validate(); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace

Guard any_of(std::vector<Guard> guards) {
  return Guard(std::make_shared<Combined>(Combined::Mode::any, std::move(guards)));
}
Guard all_of(std::vector<Guard> guards) {
  if (guards.size() == 1) return std::move(guards.front());
  return Guard(std::make_shared<Combined>(Combined::Mode::all, std::move(guards)));
}

}  // namespace ashlar::api
