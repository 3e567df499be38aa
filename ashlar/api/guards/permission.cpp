// SPDX-License-Identifier: Apache-2.0
#include "ashlar/api/call.hpp"
#include "ashlar/api/guard.hpp"
#include "ashlar/auth/authority.hpp"

namespace ashlar::api {

namespace {

class Permitted final : public GuardRule {
 public:
  explicit Permitted(std::vector<std::string> any_of) : names_(std::move(any_of)) {
    for (const std::string& name : names_) {
      text_.append(text_.empty() ? "permission " : " or ").append(name);
      if (auto permission = auth::Permission::parse(name)) {
        any_of_.push_back(std::move(*permission));
      } else {
        wrong_ = "names the permission \"" + name + "\"; a permission is verb:resource";
      }
    }
  }

  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject* object) const override {
    if (call.principal() == nullptr) return {Verdict::unauthenticated, text_};
    return {object == nullptr || object->id == nullptr ? decide_for_all(call) : decide_for(call, *object), text_};
  }
  [[nodiscard]] std::string_view text() const override { return text_; }
  [[nodiscard]] GuardDescription description() const override {
    return {.refusal = GuardDescription::Refusal::possible, .permissions = names_};
  }
  [[nodiscard]] std::string validate() const override {
    return names_.empty() ? "names no role or permission" : wrong_;
  }

 private:
  [[nodiscard]] Verdict decide_for_all(const Call& call) const {
    Verdict out = Verdict::forbidden;
    for (const auth::Permission& permission : any_of_) {
      if (call.allows(permission)) return Verdict::allowed;
      if (call.depends_on_object(permission)) out = Verdict::needs_object;
    }
    return out;
  }
  [[nodiscard]] Verdict decide_for(const Call& call, const GuardedObject& object) const {
    const std::string id = object.id->to_string();
    for (const auth::Permission& permission : any_of_) {
      const auth::ResourceRef resource{.type = permission.resource(), .id = id};
      if (call.allows(permission, &resource)) return Verdict::allowed;
    }
    return Verdict::forbidden;
  }

  const std::vector<std::string> names_;
  std::vector<auth::Permission> any_of_;
  std::string text_;
  std::string wrong_;
};

}  // namespace

Guard permission(std::vector<std::string> any_of) { return Guard(std::make_shared<Permitted>(std::move(any_of))); }

}  // namespace ashlar::api
