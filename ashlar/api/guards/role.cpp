// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/auth/authority.hpp"

namespace ashlar::api {

namespace {

class InRole final : public GuardRule {
 public:
  explicit InRole(std::vector<std::string> any_of) : any_of_(std::move(any_of)) {
    for (const std::string& name : any_of_) text_.append(text_.empty() ? "role " : " or ").append(name);
  }

  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject*) const override {
    if (call.principal() == nullptr) return {Verdict::unauthenticated, text_};
    const bool allowed = auth::has_role(call.authority(), any_of_, call.now());
    return {allowed ? Verdict::allowed : Verdict::forbidden, text_};
  }
  [[nodiscard]] std::string_view text() const override { return text_; }
  [[nodiscard]] GuardDescription description() const override {
    return {.refusal = GuardDescription::Refusal::possible, .roles = any_of_};
  }
  [[nodiscard]] std::string validate() const override { return any_of_.empty() ? "names no role or permission" : ""; }

 private:
  const std::vector<std::string> any_of_;
  std::string text_;
};

}  // namespace

Guard role(std::vector<std::string> any_of) { return Guard(std::make_shared<InRole>(std::move(any_of))); }

}  // namespace ashlar::api
