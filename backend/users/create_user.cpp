// SPDX-License-Identifier: Apache-2.0
#include "backend/users/create_user.hpp"

#include "backend/users/user_repository.hpp"

namespace ashlar::backend {

CreateUser CreateUser::example() {
  return {.name = UserName::of("Grace Hopper"),
          .email = Email::of("grace@example.com"),
          .password = Password::of("a long password"),
          .age = Age::of(45),
          .role = RoleName::of("user")};
}

namespace {

// A caller who may create accounts could otherwise make an admin, and obtain every permission with it.
Task<Result<User>> create(api::UnitOfWork& unit, NewUser user, AccountHooks* hooks) {
  if (user.role != role_user) co_await unwrap(hooks->require_may_give_role(unit, user.role));
  co_return co_await UserRepository::create(unit, std::move(user));
}

}  // namespace

Task<Result<api::Created<User>>> create_user(api::UserCall& call, CreateUser in, api::Units& units,
                                             Passwords& passwords, AccountHooks& hooks) {
  const std::string role = in.role ? in.role->str() : std::string(role_user);
  NewUser user{.id = call.new_id(),
               .email = in.email.str(),
               .name = in.name.str(),
               .age = in.age,
               .role = role,
               .password_hash = co_await unwrap(passwords.hash_new(call, std::move(in.password),
                                                                   {.name = in.name.str(), .email = in.email.str()},
                                                                   "/password", Passwords::Lane::known_device)),
               .created_at = call.now()};
  co_return api::Created<User>{co_await unwrap(units.run(call, &create, std::move(user), &hooks))};
}

}  // namespace ashlar::backend
