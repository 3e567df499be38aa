// SPDX-License-Identifier: Apache-2.0
#include "backend/users/update_user.hpp"

#include "backend/sign_in_age.hpp"
#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

namespace {

struct AccountChange {
  std::string_view what;
  Uuid user;
  std::string before;
  std::string after;
};

// The call outlives it: a unit awaits what follows its commit.
Task<> log_change(const api::Call* call, AccountChange change) {
  call->log().security(log::Level::warn, change.what,
                       {{"userId", change.user.to_string()},
                        {"before", change.before},
                        {"after", change.after},
                        {"by", call->principal() == nullptr ? std::string() : call->principal()->id.to_string()},
                        {"address", call->client_address()}});
  co_return;
}

void log_after(api::UnitOfWork& unit, AccountChange change) {
  unit.after_commit(
      [&call = unit.call(), change = std::move(change)]() mutable { return log_change(&call, std::move(change)); });
}

Task<Result<User>> update(api::UnitOfWork& unit, UpdateUser in, AccountHooks* hooks) {
  UserRepository users(unit);
  // A sign-in locks the account's row until its session exists, so that session ends with the others.
  if (in.role || in.disabled) co_await unwrap(UserRepository::lock(unit, in.id));
  const User before =
      co_await unwrap(required(co_await users.find(in.id), errors::user_not_found, "There is no such user."));
  // Another e-mail address is a way into the account.
  co_await unwrap(hooks->require_not_above(unit, before));
  const bool other_state = in.disabled && *in.disabled != before.disabled_at.has_value();
  const bool disables = other_state && *in.disabled;
  if (disables) {
    co_await unwrap(UserRepository::require_another_admin(unit, in.id));
    co_await unwrap(hooks->before_disabling(unit, in.id));
  }
  if (in.role && in.role->view() != before.role) co_await unwrap(hooks->change_role(unit, before, in.role->str()));
  if (disables) log_after(unit, {"account disabled", in.id, "enabled", "disabled"});
  if (other_state && !disables) log_after(unit, {"account enabled", in.id, "disabled", "enabled"});

  UserChanges changes{.name = in.name, .email = in.email, .age = in.age, .disabled = in.disabled};
  User user = co_await unwrap(required(co_await UserRepository::update(unit, in.id, std::move(changes)),
                                       errors::user_not_found, "There is no such user."));
  if (user.email != before.email) co_await unwrap(hooks->after_address_change(unit, before, user));
  co_return user;
}

}  // namespace

Task<Result<User>> update_user(api::Call& call, UpdateUser in, api::Units& units, AccountHooks& hooks) {
  if (in.role || in.disabled) co_await unwrap(call.require_fresh(sign_in_age_max));
  co_return co_await units.run(call, &update, std::move(in), &hooks);
}

}  // namespace ashlar::backend
