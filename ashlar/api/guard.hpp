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

// Who may call an endpoint, as a value that decides, has a name and documents itself.
//
//   any_of(permission("update:post"), owner(author_of, posts))
//
// A new kind of guard is a class derived from GuardRule and a function that returns a Guard of it, in one file of
// guards/. Only invoke() evaluates guards.
namespace ashlar::api {

class Call;

enum class Verdict : unsigned char {
  allowed,
  needs_object,     // the decision depends on the object that the input names, or on its owner
  unauthenticated,  // an anonymous caller: signing in may help
  stale,            // the caller signed in too long ago: signing in again helps (RFC 9470)
  forbidden,        // the caller is known but not allowed
};

struct Ruling {
  Verdict verdict = Verdict::forbidden;
  std::string_view because{};               // the text() of the rule that decided; lives as long as the guard
  std::chrono::seconds sign_in_age_max{0};  // when stale: the maximum age of the sign-in
};

// auth.step_up_required: the caller must sign in again or step up; the sign-in may be at most this old.
[[nodiscard]] Error step_up_error(std::chrono::seconds sign_in_age_max);

// What a guard requires, for documentation: OpenAPI, the route table, GraphQL and gRPC descriptions.
struct GuardDescription {
  enum class Identity : unsigned char { none, required } identity = Identity::required;
  enum class Refusal : unsigned char { never, possible } refusal = Refusal::never;  // of a signed-in caller
  std::vector<std::string> roles{};
  std::vector<std::string> permissions{};
  // The maximum age of the sign-in, when the guard requires one.
  std::optional<std::chrono::seconds> sign_in_age_max{};
};

// The object of a call.
struct GuardedObject {
  const Uuid* id = nullptr;     // the input's member `id`; null: the input has none
  const Uuid* owner = nullptr;  // null: the guard needs no owner
};

// How to find the owner of the resource: exactly one of the two is set.
struct OwnerSource {
  // Before the operation runs, by the input's member `id`.
  std::function<Task<Result<Uuid>>(Call&, Uuid id)> look_up{};
  // After the operation has run, from the reply's value, which is withheld from others. For read-only endpoints.
  std::function<Uuid(const void* value)> of_reply{};
};

// One rule. Immutable; used from every loop concurrently.
class GuardRule {
 public:
  GuardRule() = default;
  GuardRule(const GuardRule&) = delete;
  GuardRule& operator=(const GuardRule&) = delete;
  virtual ~GuardRule() = default;

  // `object` is null while it is unknown; a rule that depends on it then returns needs_object and is evaluated again.
  // If the input names no object and there is no owner look-up, the call is forbidden. Must not block.
  [[nodiscard]] virtual Ruling decide(const Call& call, const GuardedObject* object) const = 0;
  [[nodiscard]] virtual std::string_view text() const = 0;  // "permission create:user", "owner"
  [[nodiscard]] virtual GuardDescription description() const = 0;
  // Null for a rule that needs no owner.
  [[nodiscard]] virtual const OwnerSource* owner_source() const { return nullptr; }
  // Why the rule is invalid, in a sentence, for the start of the program; empty when it is valid.
  [[nodiscard]] virtual std::string validate() const { return {}; }
};

// A rule as a value: copies share it.
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
  // Whether every caller that it allows is signed in.
  [[nodiscard]] bool promises_user() const { return description().identity == GuardDescription::Identity::required; }

 private:
  std::shared_ptr<const GuardRule> rule_;
};

// Everyone.
[[nodiscard]] Guard open();
[[nodiscard]] Guard signed_in();
// A caller with one of these roles, or with "*".
[[nodiscard]] Guard role(std::vector<std::string> any_of);
// A caller who holds one of these permissions ("verb:resource") through a role, an own permission or a grant, for all
// objects or for the one that the input's member `id` names. auth::decide() decides.
[[nodiscard]] Guard permission(std::vector<std::string> any_of);
// The owner of the resource, or a caller with "*".
[[nodiscard]] Guard owner(OwnerSource source);
// A caller who signed in with credentials at most `sign_in_age_max` ago (RFC 9470); others receive
// auth.step_up_required. It uses Principal::auth_time. A principal without one (an API key, an account on whose behalf
// a job runs) never passes: a program that acts on its own behalf in the process uses units of work instead.
[[nodiscard]] Guard fresh(std::chrono::seconds sign_in_age_max);
// The first guard that allows the call decides. When none does, the call is forbidden, or unauthenticated when signing
// in could help. At most one of the guards needs an owner.
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
