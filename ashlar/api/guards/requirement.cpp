// SPDX-License-Identifier: Apache-2.0
// role() and permission(): both are an auth::Requirement, which auth::decide() judges.
#include "ashlar/api/call.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/auth/principal.hpp"

namespace ashlar::api {

namespace {

class Required final : public GuardRule {
 public:
  Required(auth::Requirement::Kind kind, std::vector<std::string> any_of)
      : requirement_{kind, std::move(any_of)}, text_(kind == auth::Requirement::Kind::role ? "role" : "permission") {
    for (std::size_t i = 0; i < requirement_.any_of.size(); ++i)
      text_.append(i == 0 ? " " : " or ").append(requirement_.any_of[i]);
  }

  [[nodiscard]] Ruling decide(const Call& call, const Uuid*) const override {
    switch (auth::decide(call.principal(), requirement_)) {
      case auth::Decision::allowed:
        return {Verdict::allowed, text_};
      case auth::Decision::unauthenticated:
        return {Verdict::unauthenticated, text_};
      case auth::Decision::forbidden:
        break;
    }
    return {Verdict::forbidden, text_};
  }
  [[nodiscard]] std::string_view text() const override { return text_; }
  [[nodiscard]] GuardDescription description() const override {
    GuardDescription out{.refusal = GuardDescription::Refusal::possible};
    (requirement_.kind == auth::Requirement::Kind::role ? out.roles : out.permissions) = requirement_.any_of;
    return out;
  }
  [[nodiscard]] std::string validate() const override {
    if (!requirement_.any_of.empty()) return {};
    return "names no role or permission";
  }

 private:
  const auth::Requirement requirement_;
  std::string text_;
};

}  // namespace

Guard role(std::vector<std::string> any_of) {
  return Guard(std::make_shared<Required>(auth::Requirement::Kind::role, std::move(any_of)));
}
Guard permission(std::vector<std::string> any_of) {
  return Guard(std::make_shared<Required>(auth::Requirement::Kind::permission, std::move(any_of)));
}

}  // namespace ashlar::api
