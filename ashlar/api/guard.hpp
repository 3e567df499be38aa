// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ashlar/async/task.hpp"
#include "ashlar/core/error.hpp"
#include "ashlar/core/uuid.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Who may call an endpoint, as a value that decides, names itself and documents itself.
//
//   any_of(permission("update:post"), owner(author_of, posts))
//
// A new kind of guard is one class derived from GuardRule and a function that returns a Guard of it, in one file of
// guards/. invoke() asks the guard, and nothing else does.
namespace ashlar::api {

class Call;

enum class Verdict : unsigned char {
  allowed,
  needs_object,     // it depends on the object that the input names, or on who owns it
  unauthenticated,  // an anonymous caller: signing in may help
  stale,            // a known caller who signed in too long ago: signing in again helps (RFC 9470)
  forbidden,        // a known caller who may not
};

struct Ruling {
  Verdict verdict = Verdict::forbidden;
  std::string_view because{};               // which rule decided, as it names itself; lives as long as the guard
  std::chrono::seconds sign_in_age_max{0};  // of a stale one: how long ago the sign-in may be
};

// auth.step_up_required: the caller has to sign in again, or to step up, and its sign-in may be at most that old then.
[[nodiscard]] Error step_up_error(std::chrono::seconds sign_in_age_max);

// What a guard asks of a caller, for documents: OpenAPI, the route table, GraphQL and gRPC descriptions.
struct GuardDescription {
  enum class Identity : unsigned char { none, required } identity = Identity::required;
  enum class Refusal : unsigned char { never, possible } refusal = Refusal::never;  // of a caller who is signed in
  std::vector<std::string> roles{};
  std::vector<std::string> permissions{};
  // How long ago the caller may have signed in, where the guard asks for that.
  std::optional<std::chrono::seconds> sign_in_age_max{};
};

// The object that a call is about.
struct GuardedObject {
  const Uuid* id = nullptr;     // the input's member `id`; null: the input has none
  const Uuid* owner = nullptr;  // null: the guard asks for no owner
};

// How the owner of the resource is found: exactly one of the two is set.
struct OwnerSource {
  // Before the operation runs, by the input's member `id`.
  std::function<Task<Result<Uuid>>(Call&, Uuid id)> look_up{};
  // After it ran, from the reply's value, which is withheld from others. For endpoints that only read.
  std::function<Uuid(const void* value)> of_reply{};
};

// One rule. Immutable; used from every loop at once.
class GuardRule {
 public:
  GuardRule() = default;
  GuardRule(const GuardRule&) = delete;
  GuardRule& operator=(const GuardRule&) = delete;
  virtual ~GuardRule() = default;

  // `object` is null while it is not known; a rule that depends on it returns needs_object then, and is asked again. A
  // call whose input names no object and has no owner to look up is forbidden then. It must not block.
  [[nodiscard]] virtual Ruling decide(const Call& call, const GuardedObject* object) const = 0;
  [[nodiscard]] virtual std::string_view text() const = 0;  // "permission create:user", "owner"
  [[nodiscard]] virtual GuardDescription description() const = 0;
  // Null for a rule that asks for no owner.
  [[nodiscard]] virtual const OwnerSource* owner_source() const { return nullptr; }
  // What is wrong with the rule, in a sentence, for the start of the program; empty when nothing is.
  [[nodiscard]] virtual std::string validate() const { return {}; }
};

// A rule as a value: copying shares it.
class Guard {
 public:
  explicit Guard(std::shared_ptr<const GuardRule> rule) : rule_(std::move(rule)) {}

  [[nodiscard]] Ruling decide(const Call& call, const GuardedObject* object) const {
    return rule_->decide(call, object);
  }
  [[nodiscard]] std::string_view text() const { return rule_->text(); }
  [[nodiscard]] GuardDescription description() const { return rule_->description(); }
  [[nodiscard]] const OwnerSource* owner_source() const { return rule_->owner_source(); }
  [[nodiscard]] std::string validate() const { return rule_->validate(); }
  // Whether every caller that it lets pass is signed in.
  [[nodiscard]] bool promises_user() const { return description().identity == GuardDescription::Identity::required; }

 private:
  std::shared_ptr<const GuardRule> rule_;
};

// Anybody.
[[nodiscard]] Guard open();
[[nodiscard]] Guard signed_in();
// A caller of one of these roles, or who holds "*".
[[nodiscard]] Guard role(std::vector<std::string> any_of);
// A caller who holds one of these permissions ("verb:resource"), by a role, an own permission or a grant: on all
// objects, or on the one that the input's member `id` names. auth::decide() decides.
[[nodiscard]] Guard permission(std::vector<std::string> any_of);
// The owner of the resource, or a caller who holds "*".
[[nodiscard]] Guard owner(OwnerSource source);
// A caller who signed in with credentials at most `sign_in_age_max` ago (RFC 9470); others are asked to step up, with
// auth.step_up_required. It goes by Principal::auth_time. A principal without one (an API key, an account that a job
// acts for) never passes: a program that calls in the process on its own behalf uses units of work instead.
[[nodiscard]] Guard fresh(std::chrono::seconds sign_in_age_max);
// The first guard that allows the call decides; when none does, the call is forbidden, or unauthenticated where signing
// in could help. At most one of them asks for an owner.
[[nodiscard]] Guard any_of(std::vector<Guard> guards);
[[nodiscard]] Guard all_of(std::vector<Guard> guards);

// owner(author_of, posts) with Task<Result<Uuid>> author_of(Call&, Uuid id, Posts&). The services outlive the guard.
template <class... Services>
[[nodiscard]] Guard owner(Task<Result<Uuid>> (*look_up)(Call&, Uuid, Services&...),
                          std::type_identity_t<Services>&... services) {
  return owner(
      OwnerSource{.look_up = [look_up, &services...](Call& call, Uuid id) { return look_up(call, id, services...); }});
}

// owner(&Order::user_id): by a member of the reply.
template <class T>
[[nodiscard]] Guard owner(Uuid T::* member) {
  return owner(OwnerSource{.of_reply = [member](const void* value) { return static_cast<const T*>(value)->*member; }});
}

}  // namespace ashlar::api
